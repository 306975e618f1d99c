import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Office, openOffice } from './harness.ts';

let office: Office;
beforeEach(async () => {
  office = await openOffice();
});
afterEach(() => office.close());

it('tells in the log who wrote a template and who deleted it, once', async () => {
  const sato = await office.enter('sato', ['counsellor'], ['sogo']);
  const kato = await office.enter('kato', ['editor']);
  await sato.get('/templates');
  expect(await sato.go('/templates', { name: 'あいさつ', text: 'お話を受け取りました。' })).toContain('あいさつ');
  const id = /\/templates\/([\w-]+)\/delete/u.exec(sato.html())![1]!;
  office.clock.advance(1000);
  await kato.get('/templates');
  expect(await kato.go(`/templates/${id}/delete`)).not.toContain('あいさつ');
  await sato.go(`/templates/${id}/delete`);
  const lines = (await office.audit()).filter(({ subject }) => subject === id);
  expect(lines.map(({ by, action }) => [by, action])).toEqual([
    [sato.id, 'template.save'],
    [kato.id, 'template.delete'],
  ]);
});
