import { useMemo, useState } from 'react';
import { bitWords, flippedBit, placesOf } from '../inspector/message/bit.ts';

interface FlipBoxProps {
  /** The message as it was sent. */
  readonly body: string;
  readonly form?: 'binary' | undefined;
  /** Makes the ids of the fields unique. */
  readonly id: string;
  readonly flip: (offset: number, bit: number) => void;
}

const bits = [7, 6, 5, 4, 3, 2, 1, 0];

/** Flips one bit of a message on the line: any byte, chosen by its number, by a member or by chance, and says what it becomes. */
export function FlipBox({ body, form, id, flip }: FlipBoxProps) {
  const places = useMemo(() => placesOf(body, form), [body, form]);
  const [chosen, setChosen] = useState(() => ({ offset: middleOf(places[0]), bit: 0 }));
  const { offset, bit } = chosen;
  const flipped = flippedBit(body, offset, bit, form);
  if (body === '') return null;
  return (
    <fieldset className="free-flip">
      <legend>Flip one bit of the message as it was sent</legend>
      <div className="free-flip-fields">
        <label htmlFor={`${id}-member`}>
          Member{' '}
          <select
            id={`${id}-member`}
            value={flipped?.member?.path ?? ''}
            onChange={(event) => {
              const place = places.find(({ path }) => path === event.target.value);
              if (place !== undefined) setChosen({ offset: middleOf(place), bit });
            }}
          >
            <option value="">between members</option>
            {places.map(({ path }) => (
              <option key={path} value={path}>
                {path}
              </option>
            ))}
          </select>
        </label>
        <label htmlFor={`${id}-byte`}>
          Byte{' '}
          <input
            id={`${id}-byte`}
            type="number"
            min={0}
            max={(flipped?.size ?? 1) - 1}
            value={offset}
            onChange={(event) => setChosen({ offset: event.target.valueAsNumber || 0, bit })}
          />
        </label>
        <label htmlFor={`${id}-bit`}>
          Bit{' '}
          <select
            id={`${id}-bit`}
            value={bit}
            onChange={(event) => setChosen({ offset, bit: Number(event.target.value) })}
          >
            {bits.map((each) => (
              <option key={each} value={each}>
                {each}
              </option>
            ))}
          </select>
        </label>
        <button type="button" className="button" onClick={() => setChosen(anyBit(flipped?.size ?? 1))}>
          Any bit
        </button>
        <button type="button" className="button" disabled={flipped === undefined} onClick={() => flip(offset, bit)}>
          Forward with this bit flipped
        </button>
      </div>
      <p className="small" role="status">
        {flipped === undefined ? `The message has no byte ${offset}.` : bitWords(flipped)}
      </p>
    </fieldset>
  );
}

function middleOf(place: { readonly from: number; readonly to: number } | undefined): number {
  return place === undefined ? 0 : (place.from + place.to) >> 1;
}

function anyBit(size: number): { readonly offset: number; readonly bit: number } {
  const [place = 0, bit = 0] = crypto.getRandomValues(new Uint32Array(2));
  return { offset: place % size, bit: bit % 8 };
}
