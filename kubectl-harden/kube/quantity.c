/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Quantities
 *
 * Two of them are compared as the API server does, so a request is never set above a limit by a rounding of ours. A
 * quantity in the making is a whole number and a fraction of seventeen digits, and both are multiplied by no more than
 * 32 at a time: that has room in 64 bits. What is too large stays at the largest, even if its suffix would make it
 * smaller; what is too small leaves a mark that rounds up.
 */
#include "kube/quantity.h"

const char *const resource_names[RESOURCES_MAX] = { "cpu", "memory", "ephemeral-storage" };

static const uint64_t one = 100000000000000000; /* 10^17 */
static const uint64_t billionth = 100000000;	/* of that */

struct making {
	uint64_t whole, fraction; /* of one */
	bool more;		  /* and a little */
};

static void multiply(struct making *q, uint64_t by)
{
	uint64_t carry;

	q->fraction *= by;
	carry = q->fraction / one;
	q->fraction %= one;
	q->whole = q->whole > (INT64_MAX - carry) / by ? INT64_MAX : q->whole * by + carry;
}

static void divide_by_ten(struct making *q)
{
	q->fraction += q->whole % 10 * one;
	q->whole /= 10;
	q->more |= q->fraction % 10 != 0;
	q->fraction /= 10;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The number at the start of @rest, of which it is taken; false where there is none. */
static bool take_number(struct str *rest, struct making *q)
{
	uint64_t place = one;
	bool point = false, digits = false;
	size_t i = 0;

	for (; i < rest->n && (is_digit(rest->p[i]) || (rest->p[i] == '.' && !point)); i++) {
		uint64_t digit = (uint64_t)(rest->p[i] - '0');

		if (rest->p[i] == '.') {
			point = true;
			continue;
		}
		digits = true;
		if (!point) {
			multiply(q, 10);
			q->whole = q->whole > INT64_MAX - digit ? INT64_MAX : q->whole + digit;
		} else {
			place /= 10;
			q->fraction += digit * place;
			q->more |= !place && digit;
		}
	}
	*rest = str_sub(*rest, i, rest->n);
	return digits;
}

/* Beyond these nothing changes any more. */
enum { EXPONENT_MAX = 64 };

static void scale_by_ten(struct making *q, int64_t exponent)
{
	for (; exponent > 0; exponent--)
		multiply(q, 10);
	for (; exponent < 0; exponent++)
		divide_by_ten(q);
}

/* "e3", "E-3"; "E" alone is a suffix. */
static bool take_exponent(struct str suffix, struct making *q)
{
	struct str digits = str_sub(suffix, 1, suffix.n);
	int64_t exponent;

	if (digits.n > 1 && digits.p[0] == '+')
		digits = str_sub(digits, 1, digits.n);
	if (!digits.n || !is_digit(digits.p[digits.n - 1]) || !str_int(digits, &exponent))
		return false;
	if (exponent > EXPONENT_MAX)
		exponent = EXPONENT_MAX;
	scale_by_ten(q, exponent < -EXPONENT_MAX ? -EXPONENT_MAX : exponent);
	return true;
}

static bool take_suffix(struct str suffix, struct making *q)
{
	static const struct {
		const char *text;
		int ten, two; /* powers: of 10, of 1024 */
	} suffixes[] = {
		{ "", 0, 0 },	{ "n", -9, 0 }, { "u", -6, 0 }, { "m", -3, 0 }, { "k", 3, 0 },	{ "M", 6, 0 },
		{ "G", 9, 0 },	{ "T", 12, 0 }, { "P", 15, 0 }, { "E", 18, 0 }, { "Ki", 0, 1 }, { "Mi", 0, 2 },
		{ "Gi", 0, 3 }, { "Ti", 0, 4 }, { "Pi", 0, 5 }, { "Ei", 0, 6 },
	};

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(*suffixes); i++) {
		if (!str_is(suffix, suffixes[i].text))
			continue;
		scale_by_ten(q, suffixes[i].ten);
		for (int k = 0; k < 2 * suffixes[i].two; k++)
			multiply(q, 32);
		return true;
	}
	return suffix.n && (suffix.p[0] == 'e' || suffix.p[0] == 'E') && take_exponent(suffix, q);
}

bool quantity_parse(struct str text, struct quantity *ret_quantity)
{
	struct making q = { 0 };
	bool negative = text.n && text.p[0] == '-';
	uint64_t billionths;

	if (negative || (text.n && text.p[0] == '+'))
		text = str_sub(text, 1, text.n);
	if (!take_number(&text, &q) || !take_suffix(text, &q) || (negative && (q.whole || q.fraction || q.more)))
		return false;
	billionths = q.fraction / billionth + (q.fraction % billionth || q.more);
	if (billionths == one / billionth) {
		billionths = 0;
		q.whole += q.whole < INT64_MAX;
	}
	ret_quantity->whole = q.whole;
	ret_quantity->billionths = q.whole == INT64_MAX ? 0 : (uint32_t)billionths;
	return true;
}

int quantity_cmp(struct quantity a, struct quantity b)
{
	if (a.whole != b.whole)
		return a.whole < b.whole ? -1 : 1;
	return (a.billionths > b.billionths) - (a.billionths < b.billionths);
}

/* ---- lists ---- */

const struct resource *resource_list_find(const struct resource_list *list, struct str name)
{
	for (size_t i = 0; i < list->n; i++)
		if (str_is(name, list->items[i].name))
			return &list->items[i];
	return NULL;
}

static const char *find_name(struct str name)
{
	for (size_t i = 0; i < RESOURCES_MAX; i++)
		if (str_is(name, resource_names[i]))
			return resource_names[i];
	return NULL;
}

static const char *parse_pair(struct str part, struct resource *ret)
{
	struct str value = part, name;

	if (!str_cut(&value, '=', &name) || !value.p)
		return "must be pairs such as cpu=100m,memory=128Mi";
	ret->name = find_name(str_trim(name));
	ret->value = str_trim(value);
	if (!ret->name)
		return "must name cpu, memory or ephemeral-storage; what only some containers use stands in their manifest";
	if (!quantity_parse(ret->value, &ret->amount))
		return "must be a quantity: a number such as 0.5 or 2, with m for thousandths (cpu=100m), or with Ki, Mi, "
		       "Gi (of 1024) or k, M, G (of 1000) behind it (memory=128Mi)";
	if (!ret->amount.whole && !ret->amount.billionths)
		return "must be more than nothing";
	if (ret->amount.billionths && ret->name != resource_names[0])
		return "must be whole bytes: m stands for thousandths, Mi for 1024 * 1024";
	return NULL;
}

const char *resource_list_parse(struct str text, struct resource_list *list, struct str *ret_part)
{
	*ret_part = text;
	if (!str_trim(text).n)
		return "must be pairs such as cpu=100m,memory=128Mi";
	while (str_cut(&text, ',', ret_part)) {
		struct resource resource;
		const char *why = parse_pair(*ret_part, &resource);
		size_t i = 0;

		if (why)
			return why;
		while (i < list->n && list->items[i].name != resource.name)
			i++;
		list->items[i] = resource;
		list->n += i == list->n;
	}
	return NULL;
}
