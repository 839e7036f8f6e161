import { defineConfig } from '@playwright/test';

const { PORT = 3000, SANDBOX_PORT = 4250, CHROMIUM } = process.env;

export default defineConfig({
  use: {
    baseURL: `http://127.0.0.1:${PORT}`,
    launchOptions: CHROMIUM ? { executablePath: CHROMIUM, args: ['--no-sandbox'] } : {},
  },
  webServer: {
    command: `npx nodemailer-graph-transport sandbox --port ${SANDBOX_PORT} -- node app.js`,
    url: `http://127.0.0.1:${PORT}`,
  },
});
