/** The labels of label-lists.ts, and how they are read from outside. */
import { z } from 'zod';
import { ABOUTS, CONCERNS, CRISES, NEEDS, SCOPES } from './label-lists.ts';

export * from './label-lists.ts';

export const needSchema = z.enum(NEEDS);
export const scopeSchema = z.enum(SCOPES);
export const aboutSchema = z.enum(ABOUTS);
export const crisisSchema = z.enum(CRISES);
export const concernSchema = z.enum(CONCERNS);
