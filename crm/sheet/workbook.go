package sheet

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/xuri/excelize/v2"
)

const (
	defaultMaxUnzipped = 512 << 20
	inMemory           = 4 << 20 // bigger parts unfold into temporary files; a table of texts takes five times its size
	maxParts           = 10_000
)

// workbook is the source of XLSX files. The library reads the values; survey adds what its iterator leaves out.
type workbook struct {
	dir    string // for temporary files
	file   *excelize.File
	rows   *excelize.Rows
	survey *survey
	line   int
	merges merged
}

func openWorkbook(r io.ReaderAt, size int64, opts Options, rd *Reader) (*workbook, error) {
	// A folder of its own, because the library forgets its temporary files when opening fails.
	dir, err := os.MkdirTemp(opts.TemporaryDir, "guanxi-sheet-")
	if err != nil {
		return nil, err
	}
	wb := &workbook{dir: dir}
	if err := wb.open(r, size, opts, rd); err != nil {
		return nil, errors.Join(err, wb.Close())
	}
	return wb, nil
}

func (wb *workbook) open(r io.ReaderAt, size int64, opts Options, rd *Reader) (err error) {
	defer recoverDamage(&err)
	limit := opts.MaxUnzipped
	if limit <= 0 {
		limit = defaultMaxUnzipped
	}
	zr, err := zip.NewReader(r, size)
	if err != nil {
		return damaged(err, "the workbook")
	}
	if err := checkUnzipped(zr, limit); err != nil {
		return err
	}
	wb.file, err = excelize.OpenReader(io.NewSectionReader(r, 0, size), excelize.Options{
		UnzipSizeLimit: limit, UnzipXMLSizeLimit: min(limit, inMemory), TmpDir: wb.dir,
	})
	if err != nil {
		return damaged(err, "the workbook")
	}
	if err := wb.choose(zr, opts.Sheet, rd); err != nil {
		return err
	}
	isoDates(wb.file)
	if wb.rows, err = wb.file.Rows(rd.format.Sheet); err != nil {
		return damaged(err, "the worksheet")
	}
	wb.merges.areas = wb.survey.merges
	return nil
}

// Close removes the temporary files of big worksheets.
func (wb *workbook) Close() error {
	var errs []error
	if wb.rows != nil {
		errs = append(errs, wb.rows.Close())
	}
	if wb.file != nil {
		errs = append(errs, wb.file.Close())
	}
	return errors.Join(append(errs, os.RemoveAll(wb.dir))...)
}

// recoverDamage answers for panics of the library on broken files, which are the uploader's to mend.
func recoverDamage(err *error) {
	if p := recover(); p != nil {
		*err = damaged(fmt.Errorf("panic: %v", p), "the workbook")
	}
}

// checkUnzipped trusts the sizes of the directory: the zip reader stops at them.
func checkUnzipped(zr *zip.Reader, limit int64) error {
	if len(zr.File) > maxParts {
		return refuse(TooBig, "the workbook has %d parts; %d are allowed", len(zr.File), maxParts)
	}
	var sum uint64
	for _, f := range zr.File {
		sum += f.UncompressedSize64
		if f.UncompressedSize64 > uint64(limit) || sum > uint64(limit) {
			return refuse(TooBig, "the workbook unfolds to more than %d MB; remove pictures and other sheets, or save the table as CSV", limit>>20)
		}
	}
	return nil
}
