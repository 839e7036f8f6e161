import { expect, test } from '@playwright/test';

const MAIL = `http://127.0.0.1:${process.env.SANDBOX_PORT ?? 4250}/inbox/api/v1`;

test('a new user confirms the address', async ({ page, request }) => {
  await page.goto('/');
  await page.getByLabel('Email').fill('ann@example.com');
  await page.getByRole('button', { name: 'Sign up' }).click();

  const answer = await request.get(`${MAIL}/messages/wait`, {
    params: { to: 'ann@example.com', subject: 'Confirm your address' },
  });
  const message = await answer.json();
  await page.goto(message.links[0]);
  await expect(page.getByRole('heading')).toHaveText('Welcome');
});
