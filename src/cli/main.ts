#!/usr/bin/env node
import { runServer } from '../server/main.ts';

const [command, ...args] = process.argv.slice(2);
if (command === 'server') process.exitCode = await runServer(args);
