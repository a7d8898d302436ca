import './party.css';

/** Shows the mark of a group: several in one. Decorative: its name is always written beside it. */
export function GroupMark() {
  return (
    <svg className="party-mark group-mark" viewBox="0 0 12 12" aria-hidden="true" focusable="false">
      <path d="M0.8 0.8h10.4v10.4H0.8ZM2.2 2.2v7.6h7.6V2.2ZM3.6 3.6h4.8v4.8H3.6Z" fillRule="evenodd" />
    </svg>
  );
}
