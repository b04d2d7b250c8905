package sheet

import (
	"errors"
	"fmt"
)

// FileError says why a file as a whole cannot be read. Message tells the uploader what the file is and what to do.
type FileError struct {
	Code    string
	Name    string // of the file
	Message string
	Err     error // the cause, if a library named one
}

// Codes of file errors.
const (
	EmptyFile       = "empty_file"
	WrongKind       = "wrong_kind"
	Encrypted       = "encrypted"
	UnknownEncoding = "unknown_encoding"
	TooBig          = "too_big"
	Damaged         = "damaged"
	NoSheet         = "no_such_sheet"
	NoHeading       = "no_heading"
	BadOption       = "bad_option"
)

func (e *FileError) Error() string {
	if e.Name == "" {
		return e.Message
	}
	return e.Name + ": " + e.Message
}

// Unwrap gives the cause.
func (e *FileError) Unwrap() error { return e.Err }

func refuse(code, format string, args ...any) *FileError {
	return &FileError{Code: code, Message: fmt.Sprintf(format, args...)}
}

func damaged(cause error, what string) *FileError {
	return &FileError{Code: Damaged, Err: cause, Message: what + " is damaged; open the file in a spreadsheet program and save it again as .xlsx or CSV"}
}

// named adds the file's name to what Open answers.
func named(name string, err error) error {
	if e, ok := errors.AsType[*FileError](err); ok {
		e.Name = name
		return err
	}
	return fmt.Errorf("read %s: %w", name, err)
}
