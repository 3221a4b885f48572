/*
 * bytes.h
 *		Writing and reading the stored forms of our types, byte by byte.
 *
 * A varint is little-endian base 128 in the fewest bytes.  A reader trusts
 * nothing: it fails, and goes on with zeros, where bytes run out or are not as
 * few as can be.
 */
#ifndef BYTES_H
#define BYTES_H

#include "port/pg_bitutils.h"

/* Writes bytes, or only counts them where there is no place to write to. */
typedef struct Writer
{
	uint8	   *bytes;
	Size		length;
} Writer;

typedef struct Reader
{
	const uint8 *bytes;			/* the next one */
	const uint8 *end;
	bool		failed;			/* bytes ran out, or are not as few as can be */
} Reader;

static inline void
put_byte(Writer *writer, uint8 byte)
{
	if (writer->bytes)
		writer->bytes[writer->length] = byte;
	writer->length++;
}

static inline void
put_bytes(Writer *writer, const void *bytes, Size length)
{
	if (writer->bytes)
		memcpy(writer->bytes + writer->length, bytes, length);
	writer->length += length;
}

static inline void
put_big_endian(Writer *writer, uint64 number, int nbytes)
{
	while (nbytes-- > 0)
		put_byte(writer, (uint8) (number >> (8 * nbytes)));
}

static inline void
put_little_endian(Writer *writer, uint64 number, int nbytes)
{
	if (writer->bytes)
		for (int i = 0; i < nbytes; i++)
			writer->bytes[writer->length + i] = (uint8) (number >> (8 * i));
	writer->length += nbytes;
}

static inline void
put_double(Writer *writer, double number)
{
	uint64		bits;

	memcpy(&bits, &number, sizeof(bits));
	put_big_endian(writer, bits, sizeof(bits));
}

/* The number of bytes of a varint. */
static inline int
varint_length(uint64 number)
{
	return pg_leftmost_one_pos64(number | 1) / 7 + 1;
}

/* Mostly it is one of 64 bits, and of those some are only counted. */
static inline void
put_varint(Writer *writer, uint128 number)
{
	for (; number >> 64 != 0; number >>= 7)
		put_byte(writer, (uint8) number | 0x80);
	if (writer->bytes)
	{
		uint64		rest = (uint64) number;
		uint8	   *at = writer->bytes + writer->length;

		for (; rest >= 0x80; rest >>= 7)
			*at++ = (uint8) rest | 0x80;
		*at = (uint8) rest;
	}
	writer->length += varint_length((uint64) number);
}

static inline uint8
get_byte(Reader *reader)
{
	if (reader->bytes >= reader->end)
	{
		reader->failed = true;
		return 0;
	}
	return *reader->bytes++;
}

/* So many bytes where they stand, or NULL. */
static inline const uint8 *
get_bytes(Reader *reader, Size length)
{
	const uint8 *bytes = reader->bytes;

	if (length > (Size) (reader->end - bytes))
	{
		reader->failed = true;
		return NULL;
	}
	reader->bytes += length;
	return bytes;
}

static inline uint64
get_big_endian(Reader *reader, int nbytes)
{
	uint64		number = 0;

	while (nbytes-- > 0)
		number = number << 8 | get_byte(reader);
	return number;
}

/* Mostly there are eight bytes to read at once. */
static inline uint64
get_little_endian(Reader *reader, int nbytes)
{
	uint64		number = 0;

#ifndef WORDS_BIGENDIAN
	if (likely(nbytes < 8 && reader->end - reader->bytes >= 8))
	{
		memcpy(&number, reader->bytes, 8);
		reader->bytes += nbytes;
		return number & ((UINT64CONST(1) << (8 * nbytes)) - 1);
	}
#endif
	for (int i = 0; i < nbytes; i++)
		number |= (uint64) get_byte(reader) << (8 * i);
	return number;
}

static inline double
get_double(Reader *reader)
{
	uint64		bits = get_big_endian(reader, sizeof(bits));
	double		number;

	memcpy(&number, &bits, sizeof(number));
	return number;
}

/* A varint of so many bits at most.  Mostly it is a short one, with others after it. */
static inline uint128
get_varint(Reader *reader, int bits)
{
	uint128		number = 0;
	int			shift = 0;
	uint8		byte;

	if (likely(reader->end - reader->bytes >= 8))
	{
		uint64		low = 0;

		for (int i = 0; i < 8; i++)
		{
			byte = reader->bytes[i];
			low |= (uint64) (byte & 0x7F) << (7 * i);
			if (byte >= 0x80)
				continue;
			if ((byte == 0 && i > 0) || (bits < 56 && low >> bits != 0))
				break;
			reader->bytes += i + 1;
			return low;
		}
	}
	do
	{
		byte = get_byte(reader);
		if (shift >= bits || (bits - shift < 7 && byte >> (bits - shift) != 0))
		{
			reader->failed = true;
			return 0;
		}
		number |= (uint128) (byte & 0x7F) << shift;
		shift += 7;
	} while (byte & 0x80);
	if (byte == 0 && shift > 7)
		reader->failed = true;
	return number;
}

/* Numbers of either sign, those near zero small. */
static inline uint128
zigzag(int128 number)
{
	return ((uint128) number << 1) ^ (uint128) (number >> 127);
}

static inline int128
unzigzag(uint128 number)
{
	return (int128) (number >> 1) ^ -(int128) (number & 1);
}

/*
 * Keys are spread evenly and written in ascending order, each as its gap to the
 * one before: so many low bytes as they are, then a varint of the rest.  They are
 * the bytes of the mean gap, which leaves a small number for the varint.
 */
static inline int
key_gap_bytes(int64 keys)
{
	return keys < 2 ? 7 : (63 - pg_leftmost_one_pos64(keys)) / 8;
}

/* A key that is at least "next", the one after the key before. */
static inline void
put_key(Writer *writer, int gap_bytes, uint64 next, uint64 key)
{
	uint64		gap = key - next;

	put_little_endian(writer, gap, gap_bytes);
	put_varint(writer, gap >> (8 * gap_bytes));
}

/* False where it is beyond the key space. */
static inline bool
get_key(Reader *reader, int gap_bytes, uint64 next, uint64 *key)
{
	uint64		gap = get_little_endian(reader, gap_bytes);

	gap |= (uint64) get_varint(reader, 64 - 8 * gap_bytes) << (8 * gap_bytes);
	*key = next + gap;
	return *key >= next;
}

#endif							/* BYTES_H */
