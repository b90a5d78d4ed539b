const QUARTER_MS = 15 * 60_000;

/**
 * Business day (YYYY-MM-DD) of an instant in a time zone. Every offset in use is a multiple of a quarter of an
 * hour, so one answer holds for the quarter; asking the calendar for each transaction would cost more than parsing it.
 */
export function businessDayIn(timeZone: string): (ms: number) => string {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  let quarter = Number.NaN;
  let day = '';
  return (ms) => {
    const current = Math.floor(ms / QUARTER_MS);
    if (current !== quarter) {
      quarter = current;
      day = format.format(ms);
    }
    return day;
  };
}
