/** What can be wrong in a city's meetings and targets that the schema cannot see: names that lead nowhere, times that are none. */
import type { Finding } from '#contracts/finding.ts';
import type { Municipality } from '#contracts/municipality.ts';
import { maybe } from './suggest.ts';

type Add = (path: readonly PropertyKey[], what: string, remedy: string, level?: Finding['level']) => void;

export function checkMeetings(city: Municipality, add: Add): void {
  const meetings = city.meetings ?? [];
  const ids = meetings.map((meeting) => meeting.id);
  for (const [index, meeting] of meetings.entries()) {
    const path = ['meetings', index];
    if (ids.indexOf(meeting.id) !== index)
      add([...path, 'id'], `会議の id「${meeting.id}」が2つあります。`, 'それぞれちがう id にしてください。');
    if (meeting.next !== undefined && !ids.includes(meeting.next))
      add(
        [...path, 'next'],
        `「${meeting.name}」の次の会議「${meeting.next}」がありません。`,
        `${maybe(meeting.next, ids)}ある会議: ${ids.join('、')}`,
      );
    const hours = meeting.regular?.hours;
    if (hours !== undefined && hours.slice(0, 5) >= hours.slice(6))
      add(
        [...path, 'regular', 'hours'],
        `「${meeting.name}」の時間「${hours}」は、終わりが始まりより前です。`,
        '始まりと終わりを入れかえてください。',
      );
  }
  const hears = new Set(meetings.map((meeting) => meeting.hears));
  if (meetings.length > 0 && !hears.has('consented'))
    add(
      ['meetings'],
      '本人の同意があるケースを話し合う会議（hears: consented）がありません。',
      '重層的支援会議にあたるものに hears: consented と書いてください。',
      'warning',
    );
  const resources = city.resources.map((resource) => resource.id);
  for (const [index, target] of (city.targets ?? []).entries()) {
    const path = ['targets', index];
    for (const [at, id] of target.meetings.entries()) {
      if (!ids.includes(id))
        add(
          [...path, 'meetings', at],
          `目標「${target.name}」の会議「${id}」がありません。`,
          `${maybe(id, ids)}ある会議: ${ids.join('、')}`,
        );
    }
    for (const [at, id] of target.resources.entries()) {
      if (!resources.includes(id))
        add(
          [...path, 'resources', at],
          `目標「${target.name}」の場所「${id}」が resources にありません。`,
          `${maybe(id, resources)}resources にある id を書いてください。`,
        );
    }
  }
}
