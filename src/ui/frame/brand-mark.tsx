/** Shows the mark of the product. Decorative: what it leads to is written beside it. */
export function BrandMark() {
  return (
    <svg viewBox="0 0 32 16" width="28" height="14" aria-hidden="true">
      <path d="M12 8h8" stroke="currentColor" strokeWidth="1.6" />
      <path d="M7 1.5 13.5 8 7 14.5 0.5 8Z" fill="var(--traveller)" />
      <circle cx="25" cy="8" r="6" fill="var(--helper)" />
    </svg>
  );
}
