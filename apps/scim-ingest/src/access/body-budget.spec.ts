import { describe, expect, it } from '@jest/globals';
import { BodyBudget } from './body-budget.js';

const refused = expect.objectContaining({ status: 429, headers: { 'Retry-After': '2' } }) as unknown;

describe('C86 C87 bytes of bodies under way', () => {
  it('are bounded for each provider and in total, and free again when a request ends', () => {
    const budget = new BodyBudget({ totalBytes: 25, providerBytes: 10 });
    const [one, two] = [budget.open('a'), budget.open('a')];
    one.take(6);
    two.take(4);
    expect(() => two.take(1)).toThrow(refused);
    const [b, c] = [budget.open('b'), budget.open('c')];
    b.take(10);
    expect(() => c.take(6)).toThrow(refused);
    c.take(5);
    one.release();
    one.release();
    two.take(6);
    expect(() => two.take(1)).toThrow(refused);
    for (const allowance of [two, b, c]) allowance.release();
    for (const provider of ['a', 'b']) budget.open(provider).take(10);
    expect(() => budget.open('c').take(6)).toThrow(refused);
  });

  it('have room for a body of the largest size of two providers at once', () => {
    const budget = new BodyBudget();
    for (const provider of ['a', 'b']) for (let n = 0; n < 3; n += 1) budget.open(provider).take(10_485_760);
    expect(() => budget.open('a').take(10_485_760)).toThrow(refused);
  });
});
