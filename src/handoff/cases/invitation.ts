/**
 * Invitations as iCalendar (RFC 5545, RFC 5546). They pass through other people's mail and calendars: they name the meeting,
 * time and place, never a case, and of a closed meeting not even what it is.
 */
import icalendar, {
  ICalAlarmType,
  ICalAttendeeRole,
  ICalAttendeeType,
  ICalCalendarMethod,
  ICalEventStatus,
} from 'ical-generator';

export interface Invitation {
  /** Stable over changes. */
  uid: string;
  title: string;
  start: number;
  end: number;
  place: string;
  sequence: number;
  cancelled: boolean;
  /** Now, for DTSTAMP. */
  at: number;
  organiser: { name: string; mail: string };
  people: readonly { name: string; mail: string }[];
}

export function invitationOf(invitation: Invitation): string {
  const { title, start, end, place, sequence, cancelled, organiser, people } = invitation;
  const calendar = icalendar({
    prodId: { company: 'tsunagi', product: 'meetings', language: 'JA' },
    method: cancelled ? ICalCalendarMethod.CANCEL : ICalCalendarMethod.REQUEST,
  });
  const event = calendar.createEvent({
    id: invitation.uid,
    start: new Date(start),
    end: new Date(end),
    stamp: new Date(invitation.at),
    summary: title,
    sequence,
    organizer: { name: organiser.name, email: organiser.mail },
    status: cancelled ? ICalEventStatus.CANCELLED : ICalEventStatus.CONFIRMED,
  });
  if (place !== '') event.location(place);
  // The day before, by the calendar of whoever took it over.
  if (!cancelled) event.createAlarm({ type: ICalAlarmType.display, triggerBefore: 86_400, description: title });
  for (const { name, mail } of people) {
    event.createAttendee({
      name,
      email: mail,
      rsvp: true,
      type: ICalAttendeeType.INDIVIDUAL,
      role: ICalAttendeeRole.REQ,
    });
  }
  return calendar.toString();
}
