import type { Browser } from 'playwright-core';

export interface Shot {
  readonly row: string;
  readonly column: string;
  readonly png: Buffer;
}

const THUMB_HEIGHT = 216;
const QUALITY = 62;

/** Many small pictures on one: a row a state, a column a size and theme. */
export async function contactSheet(browser: Browser, title: string, shots: readonly Shot[]): Promise<Buffer> {
  const rows = [...new Set(shots.map(({ row }) => row))];
  const columns = [...new Set(shots.map(({ column }) => column))];
  const cell = (row: string, column: string): string => {
    const shot = shots.find((candidate) => candidate.row === row && candidate.column === column);
    if (shot === undefined) return '<td></td>';
    return `<td><img height="${THUMB_HEIGHT}" src="data:image/png;base64,${shot.png.toString('base64')}"></td>`;
  };
  const html = `<!doctype html><style>
    body { margin: 16px; font: 13px sans-serif; background: #777; color: #fff; width: max-content }
    th { text-align: left; font-weight: 600; padding: 2px 6px } td { padding: 3px } img { display: block }
  </style><h1>${title}</h1><table><tr><th></th>${columns.map((name) => `<th>${name}</th>`).join('')}</tr>
  ${rows.map((row) => `<tr><th>${row}</th>${columns.map((column) => cell(row, column)).join('')}</tr>`).join('')}</table>`;
  const page = await browser.newPage({ viewport: { width: 1200, height: 800 } });
  try {
    await page.setContent(html);
    const body = page.locator('body');
    return await body.screenshot({ type: 'jpeg', quality: QUALITY });
  } finally {
    await page.context().close();
  }
}
