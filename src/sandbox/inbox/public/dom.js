// @ts-check

export const byId = (/** @type {string} */ id) => document.getElementById(id);

/** The messages of the list. */
export const rows = () =>
  [...document.querySelectorAll('a')].filter(({ dataset }) => dataset.message !== undefined);
