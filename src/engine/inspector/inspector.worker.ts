import * as Comlink from 'comlink';
import { carryParleyErrors } from '../../platform/error-transfer.ts';
import { inspector } from './inspector.ts';

carryParleyErrors();
Comlink.expose(inspector);
