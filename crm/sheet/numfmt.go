package sheet

import (
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"
)

// Number formats by which every workbook is read. Their ids lie outside those that programs give.
const (
	plainFormat   = 60_000 // no such format, so that a number stays as it is
	dateFormat    = 60_001
	timeFormat    = 60_002
	percentFormat = 60_003

	isoDateTime = `yyyy-mm-dd"T"hh:mm:ss`
	midnight    = "T00:00:00"
	// tenDigits are what shows of a percentage behind the point: more would be the noise of calculating.
	tenDigits = "0.0000000000%"
)

// isoDates replaces the number formats of all styles in memory: dates show as ISO 8601, percentages as such, everything
// else as the stored value. Otherwise a phone would read 1.99E+10 and a date would depend on the author's country.
func isoDates(f *excelize.File) {
	styles := f.Styles
	if styles == nil || styles.CellXfs == nil {
		return
	}
	custom := map[int]string{}
	if styles.NumFmts != nil {
		for _, n := range styles.NumFmts.NumFmt {
			custom[n.NumFmtID] = n.FormatCode
		}
	}
	for i := range styles.CellXfs.Xf {
		id := 0
		if p := styles.CellXfs.Xf[i].NumFmtID; p != nil {
			id = *p
		}
		iso := isoFormat(id, custom[id])
		styles.CellXfs.Xf[i].NumFmtID = &iso
	}
	registerFormats(f)
}

// registerFormats adds the formats through the library, whose list of formats has no exported type, and gives them
// their ids.
func registerFormats(f *excelize.File) {
	for id, code := range map[int]string{dateFormat: isoDateTime, timeFormat: "[h]:mm:ss", percentFormat: tenDigits} {
		before := len(f.Styles.CellXfs.Xf)
		if _, err := f.NewStyle(&excelize.Style{CustomNumFmt: &code}); err != nil {
			continue
		}
		f.Styles.CellXfs.Xf = f.Styles.CellXfs.Xf[:before]
		formats := f.Styles.NumFmts.NumFmt
		formats[len(formats)-1].NumFmtID = id
	}
}

func isoFormat(id int, code string) int {
	if code == "" {
		return builtInFormat(id)
	}
	switch code = bareCode(code); {
	case strings.ContainsAny(code, "yd年月日"):
		return dateFormat
	case strings.ContainsAny(code, "hs"):
		return timeFormat
	case strings.Contains(code, "mmm"):
		return dateFormat
	case strings.Contains(code, "%"):
		return percentFormat
	}
	return plainFormat
}

// builtInFormat knows the ids that need no code (ECMA-376, 18.8.30), those of East Asian editions included.
func builtInFormat(id int) int {
	switch {
	case id >= 14 && id <= 17, id == 22, id >= 27 && id <= 31, id == 36, id >= 50 && id <= 54, id == 57, id == 58:
		return dateFormat
	case id >= 18 && id <= 21, id >= 32 && id <= 35, id == 45, id == 46, id == 47, id == 55, id == 56:
		return timeFormat
	case id == 9, id == 10:
		return percentFormat
	}
	return plainFormat
}

// bareCode keeps the first section of a format without literal text, colours and conditions.
func bareCode(code string) string {
	var b strings.Builder
	runes := []rune(strings.ToLower(code))
	for i := 0; i < len(runes); i++ {
		switch r := runes[i]; r {
		case ';':
			return b.String()
		case '\\', '_', '*':
			i++
		case '"':
			i = skipTo(runes, i, '"')
		case '[':
			end := skipTo(runes, i, ']')
			if inside := strings.Trim(string(runes[i+1:min(end, len(runes))]), "hms"); inside == "" {
				b.WriteRune('h') // an elapsed time such as [h]:mm
			}
			i = end
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func skipTo(runes []rune, from int, end rune) int {
	if i := slices.Index(runes[from+1:], end); i >= 0 {
		return from + 1 + i
	}
	return len(runes)
}

// bare drops what the formats show besides the value.
func bare(cell string) string { return dateOnly(percentOnly(cell)) }

// percentOnly drops the digits that a percentage does not need.
func percentOnly(cell string) string {
	number, is := strings.CutSuffix(cell, "%")
	if !is || len(number) < len(tenDigits)-1 || number[len(number)-len("0000000000")-1] != '.' {
		return cell
	}
	return strings.TrimSuffix(strings.TrimRight(number, "0"), ".") + "%"
}

// dateOnly drops the midnight that a date without a time shows.
func dateOnly(cell string) string {
	if len(cell) == len("2006-01-02"+midnight) && strings.HasSuffix(cell, midnight) && cell[4] == '-' {
		return strings.TrimSuffix(cell, midnight)
	}
	return cell
}
