/** An envelope in a tray. */
export const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#0b6e99"/><path d="M7 9h18v9H7z" fill="#fff"/><path d="M7 9l9 7 9-7" fill="none" stroke="#0b6e99" stroke-width="1.8"/><path d="M4 17h7l2 3h6l2-3h7v8H4z" fill="#bfe3f2"/></svg>
`;
