/** `flows/<city>/municipality.yaml`: the windows, districts, hours and wording of one city, kept by its staff. */
import { z } from 'zod';
import { needSchema } from './labels.ts';
import { waySchema } from './session.ts';

/** `HH:MM-HH:MM`, Japan time. */
const interval = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-4]):[0-5]\d$/u);
const day = z.array(interval).default([]);
export const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
export const weeklySchema = z.strictObject({ sun: day, mon: day, tue: day, wed: day, thu: day, fri: day, sat: day });
export type Weekly = z.infer<typeof weeklySchema>;

/** A fact that no source gives is left away; an example value for a demonstration says `demo: true`. */
const fact = z.union([z.string(), z.strictObject({ value: z.string(), demo: z.boolean().default(false) })]);
export type Fact = z.infer<typeof fact>;

export const windowSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]{1,40}$/u),
  name: z.string(),
  /** 所管 */
  department: z.string().optional(),
  place: fact.optional(),
  phone: fact.optional(),
  /** One sentence for the resident: what one can bring here. */
  about: z.string(),
  needs: z.array(needSchema).default([]),
  /** Words that decide between windows of the same need, e.g. 保育 → 保育コンシェルジュ. */
  topics: z.array(z.string()).default([]),
  /** Districts served; empty = the whole city. */
  districts: z.array(z.string()).default([]),
  /** The plan names the window but not which districts it serves: the ones above are an example. */
  districtsDemo: z.boolean().optional(),
  /** Taken when the trouble has no other window, or is unclear. */
  default: z.boolean().default(false),
  /** In charge of abuse notices of these kinds (R28). */
  crisis: z.array(z.enum(['suicide', 'violence', 'child_abuse', 'medical'])).default([]),
  ways: z.array(waySchema).default(['visit', 'phone']),
  hours: z
    .strictObject({
      weekly: weeklySchema,
      demo: z.boolean().default(false),
      /** One-off days `YYYY-MM-DD` that go before the week, holidays and closures; `[]` = closed that day. */
      special: z.record(z.string(), z.array(interval)).optional(),
    })
    .optional(),
  /** Takes any trouble in whole, whatever `needs` says (豊川 地域包括, 生駒 いこまる相談窓口, 小林 six windows). */
  receivesAll: z.boolean().optional(),
  /**
   * What it runs for the whole city: `multi_agency` (多機関協働, where 支援依頼 goes), `outreach` (アウトリーチ: reports about other
   * people), `participation` (参加支援: introductions to a place).
   */
  roles: z.array(z.enum(['multi_agency', 'outreach', 'participation'])).optional(),
  /** Who takes up its tickets, where the plan says so (生駒: いこまる推進員). */
  assigneeRole: z.string().optional(),
  /** A consultation day (相談会), not an office: open on the days of `hours.special` only, its places are booked. */
  event: z.boolean().optional(),
  /** Words on the buttons of this window instead of the common ones, at most 20 characters. */
  wayLabels: z.partialRecord(waySchema, z.string().min(1)).optional(),
  /** Who runs it. Windows of one body may pass a ticket among themselves; without it each window is a body of its own. */
  body: z.string().optional(),
  /** Length of one talk, places at once, shortest notice and furthest day for bookings. */
  booking: z
    .strictObject({
      minutes: z.int().min(5).max(480).default(60),
      capacity: z.int().min(1).max(1000).default(1),
      noticeHours: z.int().min(0).default(24),
      daysAhead: z.int().min(1).max(180).default(21),
      ways: z.array(waySchema).optional(),
    })
    .optional(),
});
export type Window = z.infer<typeof windowSchema>;

export const resourceSchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  needs: z.array(needSchema).default([]),
  for: z.string().optional(),
  about: z.string(),
  when: fact.optional(),
  place: fact.optional(),
  /** How one gets there, and for whom it is easy (車いす, 送迎 …). */
  access: fact.optional(),
  district: z.string().optional(),
  /** `open`: just come; `introduction`: through the coordinator. */
  entry: z.enum(['open', 'introduction']).default('open'),
  /** Window whose coordinator introduces; else the one with the role `participation`. */
  coordinator: z.string().optional(),
});
export type Resource = z.infer<typeof resourceSchema>;

/** A meeting of the plan (多機関協働): what differs between cities is data. Facts a plan does not give are left away. */
export const meetingSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]{1,40}$/u),
  name: z.string(),
  /**
   * `consented`: cases with the person's consent (重層的支援会議, 106条の4 2項5号); `closed`: without it (支援会議, 106条の6);
   * `none`: no single case (委員会, 代表者会議).
   */
  hears: z.enum(['consented', 'closed', 'none']),
  /** What it does with a case: `screening` decides whether it becomes one, `review` looks whether the plan is right. */
  does: z.enum(['screening', 'case', 'review']).default('case'),
  about: z.string().optional(),
  /** Only cases of this urgency; absent = both. */
  urgency: z.enum(['regular', 'urgent']).optional(),
  /** A fixed day in the plan: so many a month, e.g. 4th Tuesday 09:00-12:00. */
  regular: z
    .strictObject({
      weekday: z.enum(WEEKDAYS),
      nth: z.array(z.int().min(1).max(5)).min(1),
      hours: interval,
    })
    .optional(),
  /** How often when the plan names no day: every so many months, or so many times a year. */
  everyMonths: z.int().min(1).max(12).optional(),
  timesAYear: z.int().min(1).max(24).optional(),
  onCall: z.boolean().default(false),
  minutesPerCase: z.int().min(10).max(480).optional(),
  members: z.array(z.string()).default([]),
  /** Others by invitation; `remote`: also from elsewhere. */
  guests: z.boolean().default(false),
  remote: z.boolean().default(false),
  /** Whoever heard the person first attends (生駒). */
  firstContact: z.boolean().default(false),
  /** Who convenes it, where the plan says so. */
  calledBy: z.string().optional(),
  /** Where what cannot be settled goes. */
  next: z.string().optional(),
});
export type Meeting = z.infer<typeof meetingSchema>;

export const MEASURES = [
  'conferences_held',
  'cases_reviewed',
  'joint_cases',
  'plans_made',
  'cases_ended',
  'consultations',
  'outreach_reports',
  'introductions',
  'introductions_met',
  'introductions_joined',
  'stays_in_touch',
  'tally',
] as const;
/** A figure of the plan: how it is counted, said in one sentence (`definition`), and what the plan wants or reports. */
export const targetSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]{1,40}$/u),
  name: z.string(),
  measure: z.enum(MEASURES),
  unit: z.string().default('件'),
  /** At least so many a year; absent = only reported. */
  goal: z.int().min(0).optional(),
  definition: z.string(),
  needs: z.array(needSchema).default([]),
  meetings: z.array(z.string()).default([]),
  resources: z.array(z.string()).default([]),
  /** What the plan prints for earlier years, e.g. { 令和5年度: 446 }. */
  printed: z.record(z.string(), z.int()).default({}),
});
export type Target = z.infer<typeof targetSchema>;

export const municipalitySchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]{1,40}$/u),
  /** e.g. 芦屋市 */
  name: z.string(),
  /** Neutral name in talks and notices (R31). */
  account: z.string(),
  /** `talk`: free text on LINE; `page`: LINE carries buttons and links only (R2). */
  mode: z.enum(['talk', 'page']).default('talk'),
  /** Flow started by follow and by a first message. */
  flow: z.string(),
  /** `hint`: other words by which it is known, separated by 、; `demo`: the plan does not name it. */
  districts: z
    .array(
      z.strictObject({ id: z.string(), name: z.string(), hint: z.string().optional(), demo: z.boolean().optional() }),
    )
    .default([]),
  districtQuestion: z.string().optional(),
  windows: z.array(windowSchema).min(1),
  /** How a trouble finds its window where cities differ; absent = `{ unclear: default, lead: special }`. */
  routing: z
    .strictObject({
      /**
       * Where a trouble goes that stays unclear: the 総合 window (芦屋, 福井); the whole-taking window of one's district, then
       * the 総合 one (豊川); the whole-taking window nearest to what was said (生駒); several for the person to choose (小林).
       */
      unclear: z.enum(['default', 'district', 'nearest', 'choice']).default('default'),
      /** Which comes first for a known trouble: the special window, or the one that takes everything (豊川). */
      lead: z.enum(['special', 'all']).default('special'),
    })
    .optional(),
  resources: z.array(resourceSchema).default([]),
  meetings: z.array(meetingSchema).optional(),
  targets: z.array(targetSchema).optional(),
  calendar: z
    .strictObject({
      nationalHolidays: z.boolean().default(true),
      /** `MM-DD` ranges each year (`12-29/01-03`), single dates `YYYY-MM-DD`, or ranges of those. */
      closures: z.array(z.string()).default([]),
    })
    .default({ nationalHolidays: true, closures: [] }),
  consent: z.strictObject({ version: z.string(), purpose: z.string(), wording: z.string() }),
  /** Days kept after the last event of a class, carried out automatically (R23). */
  retentionDays: z
    .strictObject({
      talk: z.int().min(1).default(90),
      ticket: z.int().min(1).default(1825),
      audit: z.int().min(1).default(1825),
      unmatched: z.int().min(1).default(90),
    })
    .default({ talk: 90, ticket: 1825, audit: 1825, unmatched: 90 }),
});
export type Municipality = z.infer<typeof municipalitySchema>;

/** `flows/common/crisis-lines.yaml`: a registry, not code (R14–R16). */
export const crisisLineSchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  number: z.string(),
  for: z.array(z.enum(['suicide', 'violence', 'child_abuse', 'medical'])).min(1),
  audience: z.enum(['all', 'child', 'adult']).default('all'),
  free: z.boolean(),
  hours: weeklySchema,
  /** Hours on these days of the month instead, e.g. { 10: [08:00-24:00] }. */
  monthly: z.record(z.string(), z.array(interval)).default({}),
  closures: z.array(z.string()).default([]),
  note: z.string().optional(),
  source: z.string(),
  /** `YYYY-MM-DD` */
  checked: z.string(),
  expires: z.string(),
  /** Lower comes first. */
  rank: z.int().default(50),
});
export type CrisisLine = z.infer<typeof crisisLineSchema>;
