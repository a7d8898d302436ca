import { readFileSync } from 'node:fs';
import { inProject } from '../places.mjs';
import { circles } from './circles.mjs';
import { isRuled, opens, roomOf, violations } from './directions.mjs';
import { unusedDoors } from './doors.mjs';
import { folderPairs } from './folder-pairs.mjs';
import { rooms } from './rooms.mjs';
import { sourceFiles } from './source-files.mjs';

const code = new Map(
  sourceFiles(['src']).map((path) => [path.replace(/^src\//, ''), readFileSync(inProject(path), 'utf8')]),
);
const scripts = new Map([...code].filter(([path]) => /\.tsx?$/.test(path)));
const ruled = new Map([...code].filter(([path]) => isRuled(path)));
const against = [...code].flatMap(([path, text]) => violations(path, text));
const inCircles = circles(scripts);
const pairs = folderPairs(ruled);
const unused = unusedDoors(rooms, ruled, roomOf, opens);
for (const violation of against) console.error(violation);
for (const files of inCircles) console.error(`These files import one another in a circle: ${files.join(', ')}`);
for (const pair of pairs) console.error(`These folders import each other: ${pair}`);
for (const door of unused) console.error(door);
console.log(
  `${ruled.size} files in ${Object.keys(rooms).length} rooms: ${against.length} imports against the directions, ` +
    `${inCircles.length} circles (types counted), ${pairs.length} two-way folder pairs, ${unused.length} unused doors.`,
);
process.exitCode = against.length + inCircles.length + pairs.length + unused.length === 0 ? 0 : 1;
