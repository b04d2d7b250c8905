import { stagesOf } from './stagesOf';

const moves = [
  { from: 'potential', to: 'interested', needs_reason: false },
  { from: 'interested', to: 'lost', needs_reason: true },
  { from: 'lost', to: 'interested', needs_reason: false },
] as const;

describe('stages', () => {
  it('enables only what the company allows', () => {
    expect(stagesOf('potential', [...moves]).filter(({ allowed }) => allowed).map(({ stage }) => stage)).toEqual(['interested']);
    expect(stagesOf('won', [...moves]).some(({ allowed }) => allowed)).toBe(false);
  });

  it('shows where the customer is', () => {
    expect(stagesOf('interested', [...moves]).map(({ state }) => state)).toEqual(['done', 'current', 'todo', 'off']);
    expect(stagesOf('lost', [...moves]).map(({ state }) => state)).toEqual(['todo', 'todo', 'todo', 'current']);
  });
});
