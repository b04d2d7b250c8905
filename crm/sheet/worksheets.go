package sheet

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"strings"
)

// choose surveys every worksheet and takes the one named, or the first visible one that has rows.
func (wb *workbook) choose(zr *zip.Reader, want string, rd *Reader) error {
	parts, err := wb.sheetParts(zr)
	if err != nil {
		return err
	}
	surveys := map[string]*survey{}
	for _, name := range wb.file.GetSheetList() {
		visible, err := wb.file.GetSheetVisible(name)
		if err != nil {
			return damaged(err, "the workbook")
		}
		s, err := surveyPart(zr, parts[name])
		if err != nil {
			return err
		}
		if s == nil {
			continue // a chart has no rows
		}
		surveys[name] = s
		rd.format.Sheets = append(rd.format.Sheets, SheetInfo{Name: name, Hidden: !visible, Rows: s.rows})
	}
	info, err := pickSheet(rd.format.Sheets, want)
	if err != nil {
		return err
	}
	rd.format.Sheet, wb.survey = info.Name, surveys[info.Name]
	rd.noteSheets(info, wb.survey)
	return nil
}

// sheetParts maps the names of worksheets to their parts in the archive.
func (wb *workbook) sheetParts(zr *zip.Reader) (map[string]string, error) {
	var rels struct {
		Relationship []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:"Target,attr"`
			Type   string `xml:"Type,attr"`
		}
	}
	body, err := openPart(zr, "xl/_rels/workbook.xml.rels")
	if err != nil || body == nil {
		return nil, damaged(err, "the workbook")
	}
	if err := errors.Join(xml.NewDecoder(body).Decode(&rels), body.Close()); err != nil {
		return nil, damaged(err, "the workbook")
	}
	targets := map[string]string{}
	for _, rel := range rels.Relationship {
		switch {
		case !strings.HasSuffix(rel.Type, "/worksheet"):
		case strings.HasPrefix(rel.Target, "/"):
			targets[rel.ID] = rel.Target[1:]
		default:
			targets[rel.ID] = path.Join("xl", rel.Target)
		}
	}
	parts := map[string]string{}
	if wb.file.WorkBook == nil {
		return parts, nil
	}
	for _, s := range wb.file.WorkBook.Sheets.Sheet {
		parts[s.Name] = targets[s.ID]
	}
	return parts, nil
}

// openPart answers nil without an error when the archive has no such part.
func openPart(zr *zip.Reader, part string) (io.ReadCloser, error) {
	for _, f := range zr.File {
		if strings.EqualFold(strings.ReplaceAll(f.Name, "\\", "/"), part) {
			return f.Open()
		}
	}
	return nil, nil //nolint:nilnil // parts of a workbook are optional
}

func surveyPart(zr *zip.Reader, part string) (*survey, error) {
	if part == "" {
		return nil, nil //nolint:nilnil // parts of a workbook are optional
	}
	body, err := openPart(zr, part)
	if err != nil || body == nil {
		return nil, damaged(err, "a worksheet")
	}
	s, err := surveySheet(body)
	return s, errors.Join(err, body.Close())
}

func pickSheet(sheets []SheetInfo, want string) (SheetInfo, error) {
	var names []string
	for _, s := range sheets {
		names = append(names, s.Name)
		if want != "" && s.Name == want {
			if s.Rows == 0 {
				return s, refuse(EmptyFile, "the chosen worksheet is empty; choose one of: %s", strings.Join(withRows(sheets), ", "))
			}
			return s, nil
		}
	}
	if want != "" {
		return SheetInfo{}, refuse(NoSheet, "there is no worksheet of the chosen name; the workbook has: %s", strings.Join(names, ", "))
	}
	for _, hidden := range []bool{false, true} {
		for _, s := range sheets {
			if s.Rows > 0 && s.Hidden == hidden {
				return s, nil
			}
		}
	}
	return SheetInfo{}, refuse(EmptyFile, "no worksheet has a row; upload a table with a heading row")
}

func withRows(sheets []SheetInfo) []string {
	var names []string
	for _, s := range sheets {
		if s.Rows > 0 {
			names = append(names, s.Name)
		}
	}
	return names
}

func (r *Reader) noteSheets(chosen SheetInfo, s *survey) {
	others := 0
	for _, name := range withRows(r.format.Sheets) {
		if name != chosen.Name {
			others++
		}
	}
	r.notices.count(NoticeOtherSheets, others)
	if chosen.Hidden {
		r.notices.count(NoticeHiddenSheet, 1)
	}
	r.notices.count(NoticeFormulas, s.formulas)
	r.notices.count(NoticeHiddenColumns, s.hiddenColumns)
}
