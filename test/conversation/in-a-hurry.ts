/** What a person in a hurry taps, from their first words to a booked time. */

const WANTED = ['はい、合っています', 'いない', '精道', '窓口に行って相談', 'はい、伝えてください', 'この内容で届ける'];

export const tapInAHurry = (buttons: readonly string[]): string | undefined =>
  buttons.find((label) => WANTED.includes(label)) ?? buttons.find((label) => /^\d+\/\d+/u.test(label)) ?? buttons[0];

/** Labels of everything that can be tapped in these messages. */
export function labelsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(labelsOf);
  if (typeof value !== 'object' || value === null) return [];
  const { type, label } = value as { type?: unknown; label?: unknown };
  const own =
    typeof label === 'string' && typeof type === 'string' && ['postback', 'datetimepicker', 'message'].includes(type)
      ? [label]
      : [];
  return [...own, ...Object.values(value).flatMap(labelsOf)];
}
