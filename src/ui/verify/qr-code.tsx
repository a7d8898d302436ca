import { encode } from 'uqr';

/** Shows a QR code as one SVG path, always dark on light so that every camera reads it. `label` says what it holds. */
export function QrCode({ text, label }: { readonly text: string; readonly label: string }) {
  const { data, size } = encode(text, { border: 4 });
  const path = data.flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : ''))).join('');
  return (
    <svg
      className="verify-qr"
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label={label}
      shapeRendering="crispEdges"
    >
      <path className="verify-qr-ground" d={`M0 0h${size}v${size}H0z`} />
      <path className="verify-qr-code" d={path} />
    </svg>
  );
}
