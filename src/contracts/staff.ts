/** Staff: who they are, how they get in, and what the console keeps beside the tickets. No resident's words in here. */
import { z } from 'zod';
import { crisisSchema } from './labels.ts';
import { waySchema } from './session.ts';

export const ROLES = ['counsellor', 'coordinator', 'editor', 'administrator', 'auditor'] as const;
export const roleSchema = z.enum(ROLES);
export type Role = z.infer<typeof roleSchema>;
export const ROLE_NAMES: Record<Role, string> = {
  counsellor: '相談員',
  coordinator: '相談支援包括化推進員',
  editor: '編集（シナリオ・辞書）',
  administrator: '管理者',
  auditor: '監査',
};

export const staffSchema = z.strictObject({
  /** What is typed at sign-in: an e-mail address or a short name, in lower case. */
  login: z.string(),
  /** Seen by colleagues, never by a resident. */
  name: z.string(),
  roles: z.array(roleSchema),
  /** Windows a counsellor works at. */
  windows: z.array(z.string()),
  /** null until the person has chosen one. scrypt; all base64. */
  password: z.strictObject({ salt: z.string(), hash: z.string(), cost: z.int() }).nullable(),
  /** Base32; `step` is the last one used: a code is good once (RFC 6238, 5.2). */
  totp: z.strictObject({ secret: z.string(), step: z.int() }).nullable(),
  /** SHA-256 of recovery codes not used yet. */
  recovery: z.array(z.string()),
  /** Signs in through the city's own provider. */
  oidc: z.strictObject({ issuer: z.string(), subject: z.string() }).nullable(),
  /** Where a crisis alert is mailed to. */
  mail: z.string().nullable(),
  disabled: z.boolean(),
  /** Counts up to end every session of this account. */
  generation: z.int(),
  createdAt: z.int(),
  signedInAt: z.int().nullable(),
  sound: z.boolean(),
});
export type Staff = z.infer<typeof staffSchema>;

/** One-time link: `first` makes the first administrator, `setup` lets an account choose its password. Id = SHA-256 of the token. */
export const staffLinkSchema = z.strictObject({
  purpose: z.enum(['first', 'setup']),
  account: z.string().nullable(),
  expiresAt: z.int(),
});

/** Id = SHA-256 of the cookie. */
export const staffSessionSchema = z.strictObject({
  account: z.string(),
  generation: z.int(),
  /** `password`: the second factor is still to come; `enrol`: it is to be set up. */
  stage: z.enum(['password', 'enrol', 'full']),
  csrf: z.string(),
  createdAt: z.int(),
  lastAt: z.int(),
  expiresAt: z.int(),
  /** Tickets opened, and until when their words stay open in this session. */
  opened: z.record(z.string(), z.int()),
  /** A secret offered for enrolment, not kept on the account before a code proved it. */
  offered: z.string().nullable(),
});
export type StaffSession = z.infer<typeof staffSessionSchema>;

/** Failures of one account or one address. */
export const throttleSchema = z.strictObject({ failures: z.int(), until: z.int(), expiresAt: z.int() });

export const templateSchema = z.strictObject({ name: z.string(), text: z.string(), at: z.int(), by: z.string() });

/** A crisis that staff must acknowledge (R16). Id = ticket. */
export const alertSchema = z.strictObject({
  receipt: z.string(),
  window: z.string(),
  kind: crisisSchema,
  at: z.int(),
  acknowledged: z.strictObject({ by: z.string(), at: z.int() }).nullable(),
  /** How many rounds have been told; the next one is due at `nextAt`. */
  round: z.int(),
  nextAt: z.int(),
  /** Who was told outside LINE and what became of it; addresses are not repeated here. */
  told: z.array(z.strictObject({ to: z.string(), at: z.int(), outcome: z.string() })),
});
export type Alert = z.infer<typeof alertSchema>;

/** 当番: who is told first out of hours. */
export const dutySchema = z.strictObject({ staff: z.string(), from: z.int(), to: z.int() });

export const HOOK_FORMATS = ['generic', 'slack', 'teams'] as const;
export const hookSchema = z.strictObject({
  name: z.string(),
  url: z.string(),
  format: z.enum(HOOK_FORMATS),
  secret: z.string(),
  at: z.int(),
});
export type Hook = z.infer<typeof hookSchema>;

const interval = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-4]):[0-5]\d$/u);
const week = z.array(z.array(interval)).length(7);

/** Staff's own hours of one window, over those of municipality.yaml. Id = window. */
export const calendarSchema = z.strictObject({
  /** Sunday first; null = as in the file. */
  weekly: week.nullable(),
  special: z.record(z.string(), z.array(interval)),
  booking: z
    .strictObject({
      minutes: z.int().min(5).max(480),
      capacity: z.int().min(1).max(1000),
      noticeHours: z.int().min(0).max(1000),
      daysAhead: z.int().min(1).max(180),
      ways: z.array(waySchema),
    })
    .nullable(),
  at: z.int(),
  by: z.string(),
});
export type CalendarOverride = z.infer<typeof calendarSchema>;

/** 相談会: a day with places of its own. Bookable like a window, under the id `event-…`. */
export const eventSchema = z.strictObject({
  name: z.string(),
  about: z.string(),
  place: z.string(),
  day: z.string(),
  hours: z.array(interval).min(1),
  minutes: z.int().min(5).max(480),
  capacity: z.int().min(1).max(1000),
  ways: z.array(waySchema).min(1),
  at: z.int(),
  by: z.string(),
});
export type CalendarEvent = z.infer<typeof eventSchema>;

/** A calendar address to subscribe to. Id = SHA-256 of its token. */
export const feedSchema = z.strictObject({ staff: z.string(), window: z.string().nullable(), at: z.int() });
