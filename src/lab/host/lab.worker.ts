import * as Comlink from 'comlink';
import { carryParleyErrors } from '../../platform/error-transfer.ts';
import { LabHost } from './host.ts';

carryParleyErrors();
Comlink.expose(new LabHost());
