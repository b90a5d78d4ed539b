/** The look of the trust page: the colours of the other pages, without their build. */
export const TRUST_STYLE = `:root {
  color-scheme: light dark;
  --paper: #f5f1e8; --card: #fdfbf6; --line: #ded6c6; --ink: #221d17; --muted: #645c4f;
  --accent: #7a2a55; --on-accent: #ffffff; --look-tint: #f9eacb;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #15120f; --card: #1e1a16; --line: #3a332b; --ink: #f3eee5; --muted: #ada294;
    --accent: #e9a6c8; --on-accent: #2b0c1d; --look-tint: #372911;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/24px system-ui, sans-serif; }
main { max-width: 640px; margin: 0 auto; padding: 32px 20px 64px; }
.store { margin: 0; color: var(--muted); font-size: 14px; line-height: 20px; }
h1 { margin: 4px 0 12px; font-size: 28px; line-height: 32px; }
h2 { margin: 32px 0 8px; font-size: 20px; line-height: 28px; }
p { margin: 0 0 12px; }
.check { margin-top: 24px; padding: 20px; background: var(--card); border: 1px solid var(--line); border-radius: 8px; }
.check h2 { margin-top: 16px; font-size: 14px; line-height: 20px; color: var(--muted); }
.fingerprint {
  padding: 12px; border-radius: 8px; background: var(--look-tint);
  font: 14px/24px ui-monospace, monospace; overflow-wrap: anywhere;
}
.download {
  display: inline-block; min-height: 44px; padding: 10px 20px; border-radius: 8px;
  background: var(--accent); color: var(--on-accent); font-weight: 600; text-decoration: none;
}
.download:focus-visible { outline: 3px solid var(--ink); outline-offset: 2px; }
dt { margin-top: 16px; font-weight: 600; }
dd { margin: 0; }
`;
