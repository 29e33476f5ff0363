/** Serves a generated workspace in real time until the program that started it ends it. */
import { generateWorkspace } from '../../../dist/simulator/sample/generated/generate.js';
import { startSimulator } from '../../../dist/simulator/server.js';
import { concludeStep, stepInput } from '../step.js';

const simulator = await startSimulator({ state: generateWorkspace(stepInput()), clock: 'real' });
concludeStep({ url: simulator.url, token: simulator.token });
process.on('disconnect', () => process.exit());
