import * as Comlink from 'comlink';
import { carryParleyErrors } from '../../engine/error-transfer.ts';
import { LabHost } from './host.ts';

carryParleyErrors();
Comlink.expose(new LabHost());
