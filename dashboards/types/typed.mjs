// Writes each dashboard as TypeScript into ./typed, since `tsc` takes what a JSON file says for any text.
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';

const here = new URL('.', import.meta.url);
const typed = new URL('typed/', here);
rmSync(typed, { recursive: true, force: true });
mkdirSync(typed);
const boards = readdirSync(new URL('../', here)).filter((name) => name.endsWith('.json'));
if (boards.length === 0) throw new Error('there are no dashboards');
for (const name of boards) {
  const json = readFileSync(new URL(`../${name}`, here), 'utf8');
  const text = `import type { Ours } from '../dashboard';\n\nexport const dashboard: Ours = ${json};\n`;
  writeFileSync(new URL(name.replace('.json', '.ts'), typed), text);
}
