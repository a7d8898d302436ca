/** Returns four to nine places on an axis of `total` milliseconds, at round numbers, the first at 0. */
export function ticks(total: number): readonly number[] {
  if (!(total > 0)) return [0];
  const rough = total / 6;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((times) => times * power).find((each) => total / each <= 8) ?? 10 * power;
  return Array.from({ length: Math.floor(total / step) + 1 }, (_, i) => i * step);
}
