package sheet

import "fmt"

// Notice tells the importer about something that was done without asking.
type Notice struct {
	Code    string
	Message string
	Count   int
	Lines   []int // at most the first 20
}

// Codes of notices.
const (
	NoticeTitleRows     = "title_rows_skipped"
	NoticeBlankRows     = "blank_rows_skipped"
	NoticeTotalRows     = "total_rows_skipped"
	NoticeHiddenRows    = "hidden_rows_read"
	NoticeMergedCells   = "merged_cells_filled"
	NoticeApostrophes   = "apostrophes_removed"
	NoticeFormulas      = "formulas_read_as_values"
	NoticeOtherSheets   = "other_sheets_not_read"
	NoticeHiddenSheet   = "hidden_sheet_read"
	NoticeHiddenColumns = "hidden_columns_read"
	NoticeCardLists     = "card_lists_skipped"
	NoticeStrayLines    = "stray_lines_skipped"
)

var noticeText = map[string]string{
	NoticeTitleRows:     "rows above the heading, skipped: %d",
	NoticeBlankRows:     "blank rows, skipped: %d",
	NoticeTotalRows:     "total rows, not taken for records: %d",
	NoticeHiddenRows:    "hidden rows, read like the others: %d",
	NoticeMergedCells:   "rows that took a value from a merged cell: %d",
	NoticeApostrophes:   "rows where the apostrophe that guards a formula was removed: %d",
	NoticeFormulas:      "formulas, read as the value last calculated: %d",
	NoticeOtherSheets:   "other worksheets with rows, not read unless chosen by name: %d",
	NoticeHiddenSheet:   "hidden worksheets read, because chosen or the only one with rows: %d",
	NoticeHiddenColumns: "hidden columns, read like the others: %d",
	NoticeCardLists:     "cards that list others and are nobody's own, skipped: %d",
	NoticeStrayLines:    "lines that belong to no card, skipped: %d",
}

const noticeLines = 20

type noticeList struct {
	order []string
	byKey map[string]*Notice
}

func (l *noticeList) entry(code string) *Notice {
	if n := l.byKey[code]; n != nil {
		return n
	}
	if l.byKey == nil {
		l.byKey = map[string]*Notice{}
	}
	n := &Notice{Code: code}
	l.byKey[code], l.order = n, append(l.order, code)
	return n
}

func (l *noticeList) add(code string, lines ...int) {
	if len(lines) == 0 {
		return
	}
	n := l.entry(code)
	n.Count += len(lines)
	room := max(0, noticeLines-len(n.Lines))
	n.Lines = append(n.Lines, lines[:min(room, len(lines))]...)
}

func (l *noticeList) count(code string, n int) {
	if n > 0 {
		l.entry(code).Count += n
	}
}

func (l *noticeList) list() []Notice {
	out := make([]Notice, 0, len(l.order))
	for _, code := range l.order {
		n := *l.byKey[code]
		n.Lines = append([]int(nil), n.Lines...)
		n.Message = fmt.Sprintf(noticeText[code], n.Count)
		out = append(out, n)
	}
	return out
}
