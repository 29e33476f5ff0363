import { MemoryBackend } from '../../src/backend/memory.ts';
import { backendContract } from './contract.ts';

backendContract(async () => ({ backend: new MemoryBackend(), close: async () => {} }));
