package sheet

import (
	"bytes"
	"encoding/csv"
	"io"
)

var delimiters = []rune{',', ';', '\t', '|'}

const sampleRecords = 200

// detectDelimiter takes the one that gives the most records the same number of fields, two at least.
// A file with one column has none, though some of its texts may hold one; the comma then does no harm.
func detectDelimiter(sample []byte) rune {
	if d := announced(sample); d != 0 {
		return d
	}
	best, bestAgree, bestFields := ',', 0, 1
	for _, d := range delimiters {
		agree, fields := agreement(sample, d)
		if agree > bestAgree || agree == bestAgree && fields > bestFields {
			best, bestAgree, bestFields = d, agree, fields
		}
	}
	return best
}

// announced reads the line "sep=;" that Excel writes and obeys.
func announced(sample []byte) rune {
	line, _, _ := bytes.Cut(sample, []byte("\n"))
	if rest, ok := bytes.CutPrefix(bytes.TrimRight(line, "\r"), []byte("sep=")); ok && len(rest) == 1 {
		return rune(rest[0])
	}
	return 0
}

// agreement counts, by the commonest number of fields above one, the records that have it; fewer than half do not count.
func agreement(sample []byte, delimiter rune) (agree, fields int) {
	r := newCSVReader(bytes.NewReader(sample), delimiter)
	counts, records := map[int]int{}, 0
	for ; records < sampleRecords; records++ {
		rec, err := r.Read()
		if err != nil {
			break
		}
		counts[len(rec)]++
	}
	for n, c := range counts {
		if n > 1 && (c > agree || c == agree && n > fields) {
			agree, fields = c, n
		}
	}
	if 2*(records-counts[1]) < records {
		return 0, 0
	}
	return agree, fields
}

func newCSVReader(r io.Reader, delimiter rune) *csv.Reader {
	cr := csv.NewReader(r)
	cr.Comma = delimiter
	cr.FieldsPerRecord = -1
	cr.LazyQuotes = true
	return cr
}
