import type { ComponentChildren } from 'preact';

/** Bottles, cans, cartons, jars and cups: light from the upper left, one darker side, one highlight. */

export interface VesselColours {
  readonly body: string;
  readonly side: string;
  readonly shine: string;
  readonly cap: string;
  readonly capSide: string;
  readonly label: string;
  readonly labelSide: string;
  readonly trim: string;
}
interface VesselProps {
  readonly colours: VesselColours;
  /** What is printed on the label, in a box 240 wide whose origin is the label's upper left corner. */
  readonly children?: ComponentChildren;
}

/** Tall glass bottle in a box of 300 × 960. */
export function Bottle({ colours, children }: VesselProps) {
  return (
    <g>
      <path
        fill={colours.body}
        d="M115 64v172c0 74-85 100-85 204v458q0 48 48 48h144q48 0 48-48V440c0-104-85-130-85-204V64z"
      />
      <path
        fill={colours.side}
        d="M164 64v172c0 84 56 104 56 214v452q0 44-30 44h32q48 0 48-48V440c0-104-85-130-85-204V64z"
      />
      <path fill={colours.side} d="M108 100h84v26h-84z" />
      <path fill="none" stroke={colours.shine} stroke-width="15" d="M136 132v112c0 84-74 110-76 216" />
      <path fill={colours.shine} d="M50 828h15v56q0 22 20 26v12q-35-2-35-38z" />
      <rect x="98" y="12" width="104" height="66" rx="12" fill={colours.cap} />
      <path fill={colours.capSide} d="M164 12h26q12 0 12 12v42q0 12-12 12h-26z" />
      <rect x="30" y="496" width="240" height="312" fill={colours.label} />
      <rect x="206" y="496" width="64" height="312" fill={colours.labelSide} />
      <path fill={colours.trim} d="M30 496h240v11H30zM30 797h240v11H30z" />
      <g transform="translate(30 496)">{children}</g>
    </g>
  );
}

/** Soft-drink bottle with a waved foot in a box of 300 × 960. */
export function SoftBottle({ colours, children }: VesselProps) {
  return (
    <g>
      <path
        fill={colours.body}
        d="M112 70v70c0 92-88 150-88 286v472q0 46 26 46 14 0 24-14 12 14 28 14t28-14q12 14 28 14t28-14q12 14 28 14 62 0 62-46V426c0-136-88-194-88-286V70z"
      />
      <path
        fill={colours.side}
        d="M160 70v70c0 96 62 152 62 292v466q0 30-10 46h2q62 0 62-46V426c0-136-88-194-88-286V70z"
      />
      <path fill="none" stroke={colours.shine} stroke-width="16" d="M134 100v44c0 100-78 160-80 282" />
      <rect x="96" y="14" width="108" height="70" rx="10" fill={colours.cap} />
      <path fill={colours.capSide} d="M160 14h34q10 0 10 10v50q0 10-10 10h-34z" />
      <path fill={colours.capSide} d="M96 58h108v5H96z" />
      <rect x="24" y="450" width="252" height="270" fill={colours.label} />
      <rect x="208" y="450" width="68" height="270" fill={colours.labelSide} />
      <path fill={colours.trim} d="M24 752h252v20H24z" />
      <g transform="translate(30 450)">{children}</g>
    </g>
  );
}

/** Drinks can in a box of 420 × 800. */
export function Can({ colours, children }: VesselProps) {
  return (
    <g>
      <path fill={colours.cap} d="M66 26q144-34 288 0l22 60H44z" />
      <path fill={colours.capSide} d="M282 12q40 4 72 14l22 60h-80z" />
      <path fill={colours.body} d="M44 84h332l20 60v536l-30 72q-156 34-312 0l-30-72V144z" />
      <path fill={colours.side} d="M300 84h76l20 60v536l-30 72q-36 8-74 12 22-40 22-88V144z" />
      <path fill={colours.shine} d="M56 160h20v470H56z" />
      <path fill={colours.trim} d="M24 664h372v20H24z" />
      <g transform="translate(90 150)">{children}</g>
    </g>
  );
}

/** Gable-top carton in a box of 440 × 860. */
export function Carton({ colours, children }: VesselProps) {
  return (
    <g>
      <path fill={colours.cap} d="M90 20h250v56H90z" />
      <path fill={colours.label} d="M90 76h250l60 150H30z" />
      <path fill={colours.labelSide} d="M290 76h50l60 150H310z" />
      <circle cx="190" cy="150" r="34" fill={colours.cap} />
      <path fill={colours.capSide} d="M206 120a34 34 0 0 1 0 60z" />
      <rect x="30" y="226" width="370" height="614" fill={colours.body} />
      <rect x="310" y="226" width="90" height="614" fill={colours.side} />
      <path fill={colours.shine} d="M50 250h16v560H50z" />
      <path fill={colours.trim} d="M30 740h370v100H30z" />
      <path fill={colours.capSide} d="M310 740h90v100h-90z" />
      <g transform="translate(50 270)">{children}</g>
    </g>
  );
}

/** Preserving jar in a box of 520 × 680. */
export function Jar({ colours, children }: VesselProps) {
  return (
    <g>
      <path fill={colours.body} d="M70 150h380q50 30 50 90v340q0 76-76 76H96q-76 0-76-76V240q0-60 50-90z" />
      <path fill={colours.side} d="M390 150h60q50 30 50 90v340q0 76-76 76h-54q40-30 40-90V250q0-70-20-100z" />
      <path fill={colours.shine} d="M44 250q0-40 26-60v400q-26-10-26-40z" />
      <path fill={colours.cap} d="M60 30q0-18 18-18h364q18 0 18 18v100q0 20-20 20H80q-20 0-20-20z" />
      <path fill={colours.capSide} d="M370 12h72q18 0 18 18v100q0 20-20 20h-70z" />
      <path fill={colours.trim} d="M60 104h400v14H60z" />
      <rect x="96" y="270" width="328" height="270" rx="10" fill={colours.label} />
      <path fill={colours.labelSide} d="M350 270h64q10 0 10 10v250q0 10-10 10h-64z" />
      <g transform="translate(96 270)">{children}</g>
    </g>
  );
}
