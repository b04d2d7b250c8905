package sheet

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// dataDir is the folder of tables to import: the shared collection when it is there, the committed extract otherwise.
func dataDir(t testing.TB) string {
	t.Helper()
	root := os.Getenv("GUANXI_SHARED_DATA")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "data")
	}
	if dir := filepath.Join(root, "import"); isDir(dir) {
		return dir
	}
	return "testdata"
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// expectation is an entry of expected.json; only what can be compared mechanically is read.
type expectation struct {
	Encoding   string                       `json:"encoding"`
	Delimiter  string                       `json:"delimiter"`
	Rows       int                          `json:"rows"`
	DataRows   int                          `json:"data_rows"`
	BlankLines []int                        `json:"blank_lines"`
	Reject     []struct{ Line int }         `json:"reject"`
	Check      map[string]map[string]string `json:"check"`
	Expect     json.RawMessage              `json:"expect"`
}

func expectations(t testing.TB, dir string) map[string]expectation {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, "expected.json"))
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]expectation
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func openFile(t testing.TB, path string, opts Options) *Reader {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return openBytes(t, filepath.Base(path), b, opts)
}

func openBytes(t testing.TB, name string, b []byte, opts Options) *Reader {
	t.Helper()
	r, err := Open(name, bytes.NewReader(b), int64(len(b)), opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Errorf("close %s: %v", name, err)
		}
	})
	return r
}

func readAll(t testing.TB, r *Reader) []Row {
	t.Helper()
	var rows []Row
	for row, err := range r.All() {
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, row)
	}
	return rows
}

// byHeader gives the cells of a row under the last of equal headings.
func byHeader(r *Reader, row Row) map[string]string {
	out := map[string]string{}
	for i, c := range r.Columns() {
		out[c.Header] = row.Cells[i]
	}
	return out
}

func notice(r *Reader, code string) Notice {
	for _, n := range r.Notices() {
		if n.Code == code {
			return n
		}
	}
	return Notice{}
}

func codes(row Row) []string {
	var out []string
	for _, p := range row.Problems {
		out = append(out, p.Code)
	}
	return out
}
