package naming

// Date is a day of the calendar as names write it. The zero Date is none.
type Date struct{ Year, Month, Day int }

// IsZero reports whether there is no date.
func (d Date) IsZero() bool { return d == Date{} }

func (d Date) valid() bool {
	return d.Year >= 1900 && d.Year <= 2100 && d.Month >= 1 && d.Month <= 12 && d.Day >= 1 && d.Day <= 31
}

// dateAt reads YYYY?MM?DD, DD?MM?YYYY or YYYYMMDD at i.
func dateAt(s string, i int) (d Date, end int, ok bool) {
	a, p, okA := number(s, i, 8)
	if !okA {
		return d, i, false
	}
	switch p - i {
	case 8:
		d, end = Date{a / 10000, a / 100 % 100, a % 100}, p
		return d, end, d.valid()
	case 4, 2:
	default:
		return d, i, false
	}
	b, q, okB := dateField(s, p, 2)
	if !okB || q >= len(s) || s[q] != s[p] {
		return d, i, false
	}
	width := 2
	if p-i == 2 {
		width = 4
	}
	c, r, okC := dateField(s, q, width)
	if !okC {
		return d, i, false
	}
	if width == 2 {
		d = Date{a, b, c}
	} else {
		d = Date{c, b, a}
		if b > 12 && a <= 12 { // month first
			d.Month, d.Day = a, b
		}
	}
	return d, r, d.valid()
}

// dateField reads a separator and exactly width digits.
func dateField(s string, i, width int) (n, end int, ok bool) {
	if i >= len(s) || skip(s[i:i+1], 0, "._- ") == 0 {
		return 0, i, false
	}
	n, end, ok = number(s, i+1, width)
	return n, end, ok && end-i-1 == width
}

// findDate returns the first date that stands by itself.
func findDate(s string) (d Date, start, end int, ok bool) {
	for i := 0; i+8 <= len(s); i++ {
		if !isDigit(s[i]) || i > 0 && isWord(s[i-1]) {
			continue
		}
		if d, end, ok = dateAt(s, i); ok {
			return d, i, end, true
		}
	}
	return Date{}, 0, 0, false
}
