package crm

import (
	"errors"
	"io"

	"github.com/guanxi-crm/guanxi/crm/sheet"
	"github.com/guanxi-crm/guanxi/tenant"
)

// workbook is a table whose cells do not hold every text: one that does not fit is what is wrong with the chosen format.
type workbook struct{ sheet.Writer }

func newWorkbook(out io.Writer, name string, columns []sheet.OutColumn) (sheet.Writer, error) {
	w, err := sheet.NewXLSXWriter(out, name, columns)
	return workbook{w}, unfit(err)
}

// Write implements sheet.Writer.
func (w workbook) Write(cells []string) error { return unfit(w.Writer.Write(cells)) }

func unfit(err error) error {
	if e, ok := errors.AsType[*sheet.FileError](err); ok {
		return tenant.Invalid("format", e.Code, e.Message)
	}
	return err
}
