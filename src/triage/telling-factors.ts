/**
 * How far a name may weigh for one label: more when it is found much oftener with the label, or without, than otherwise
 * (the ratio of naive Bayes; Wang & Manning 2012). A linear model on features scaled so is better on short texts than either alone.
 */
import type { Rows } from './train-rows.ts';

/** Half of a factor is the ratio, half is the same for all. */
const SHARE = 0.5;
const MOST = 3;

/** For each of `names` names; `labels[i]` > 0 is yes. */
export function tellingFactors(rows: Rows, labels: Float64Array, names: number): Float64Array {
  const yes = new Float64Array(names).fill(1);
  const no = new Float64Array(names).fill(1);
  let [allYes, allNo] = [2, 2];
  for (let i = 0; i < rows.count; i++) {
    const isYes = labels[i]! > 0;
    if (isYes) allYes++;
    else allNo++;
    const counts = isYes ? yes : no;
    for (let k = rows.start[i]!; k < rows.start[i + 1]!; k++) counts[rows.at[k]!]!++;
  }
  return yes.map((count, name) => {
    const ratio = Math.abs(Math.log(count / allYes / (no[name]! / allNo)));
    return 1 - SHARE + SHARE * Math.min(ratio, MOST);
  });
}
