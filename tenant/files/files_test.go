package files_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/guanxi-crm/guanxi/tenant"
	"github.com/guanxi-crm/guanxi/tenant/files"
	"github.com/guanxi-crm/guanxi/tenant/filestest"
)

func company() tenant.CompanyID { return tenant.CompanyID(tenant.NewEventID()) }

func open(t testing.TB, address string) *files.Store {
	t.Helper()
	s, err := files.Open(address)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// everywhere runs a test on each kind of place.
func everywhere(t *testing.T, test func(*testing.T, *files.Store)) {
	t.Run("folder", func(t *testing.T) { test(t, open(t, "file://"+filepath.Join(t.TempDir(), "a", "b"))) })
	t.Run("bucket", func(t *testing.T) { test(t, open(t, filestest.Start(t).Address)) })
}

func put(t testing.TB, f files.Folder, name string, content []byte) {
	t.Helper()
	if err := f.Put(t.Context(), name, bytes.NewReader(content)); err != nil {
		t.Fatal(err)
	}
}

func read(t testing.TB, f files.Folder, name string, offset int64) []byte {
	t.Helper()
	r, err := f.Open(t.Context(), name, offset)
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(r)
	if err := errors.Join(err, r.Close()); err != nil {
		t.Fatal(err)
	}
	return content
}

func list(t testing.TB, f files.Folder) []string {
	t.Helper()
	all := []string{}
	for blob, err := range f.All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, blob.Name)
	}
	slices.Sort(all)
	return all
}

func random(n int) []byte {
	content := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{}).Read(content)
	return content
}

func TestKeepsFiles(t *testing.T) {
	everywhere(t, func(t *testing.T, s *files.Store) {
		acme, globex := s.Company(company()), s.Company(company())
		// One byte less, as many and one more than a bucket takes in one piece.
		sizes := map[string]int{"att_0": 0, "att_1": 1, "att_small": 8<<20 - 1, "att_piece": 8 << 20, "att_large": 8<<20 + 1, "att_pieces": 20 << 20}
		for name, size := range sizes {
			put(t, acme, name, random(size))
		}
		for name, size := range sizes {
			if got := read(t, acme, name, 0); !bytes.Equal(got, random(size)) {
				t.Errorf("%s: %d bytes of %d came back, or others", name, len(got), size)
			}
		}
		if got := read(t, acme, "att_large", 8<<20-2); !bytes.Equal(got, random(8<<20 + 1)[8<<20-2:]) {
			t.Errorf("from the middle: %x", got)
		}
		if _, err := globex.Open(t.Context(), "att_1", 0); !errors.Is(err, files.ErrMissing) {
			t.Errorf("another company's file: %v", err)
		}
		if got := list(t, acme); len(got) != len(sizes) {
			t.Errorf("listed %v", got)
		}
		if got := list(t, globex); len(got) != 0 {
			t.Errorf("another company lists %v", got)
		}
		for range 2 { // repeats do no harm
			if err := acme.Remove(t.Context(), "att_1"); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := acme.Open(t.Context(), "att_1", 0); !errors.Is(err, files.ErrMissing) || errors.Is(err, files.ErrUnavailable) {
			t.Errorf("a removed file: %v", err)
		}
		if got := list(t, acme); len(got) != len(sizes)-1 {
			t.Errorf("listed after removing %v", got)
		}
	})
}

// TestKeepsNothingOfAPart breaks the reading off, also in the way that means "a short last piece" to others.
func TestKeepsNothingOfAPart(t *testing.T) {
	everywhere(t, func(t *testing.T, s *files.Store) {
		f := s.Company(company())
		for name, cause := range map[string]error{"att_gone": io.ErrUnexpectedEOF, "att_broken": errors.New("broken"), "att_stopped": context.Canceled} {
			for _, size := range []int{0, 100, 9 << 20} {
				err := f.Put(t.Context(), name, io.MultiReader(bytes.NewReader(random(size)), iotest.ErrReader(cause)))
				if !errors.Is(err, cause) || errors.Is(err, files.ErrUnavailable) {
					t.Errorf("%s after %d bytes: %v", name, size, err)
				}
			}
			if _, err := f.Open(t.Context(), name, 0); !errors.Is(err, files.ErrMissing) {
				t.Errorf("%s: a part of it is there: %v", name, err)
			}
		}
		if got := list(t, f); len(got) != 0 {
			t.Errorf("left behind: %v", got)
		}
	})
}

func TestRemoveClearsWhatAKillLeaves(t *testing.T) {
	t.Run("folder", func(t *testing.T) {
		dir, id := t.TempDir(), company()
		f := open(t, "file://"+dir).Company(id)
		put(t, f, "att_1", []byte("x"))
		left := filepath.Join(dir, "company", id.String(), "att_2.part")
		if err := os.WriteFile(left, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := list(t, f); !slices.Equal(got, []string{"att_1"}) {
			t.Errorf("listed %v", got)
		}
		if err := f.Remove(t.Context(), "att_2"); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(left); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("the part is still there: %v", err)
		}
	})
	t.Run("bucket", func(t *testing.T) {
		b := filestest.Start(t)
		f := open(t, b.Address).Company(company())
		// The process dies before the upload's end: nothing of it arrives, not even that it is given up.
		b.Before(func(w http.ResponseWriter, r *http.Request) bool {
			dead := r.URL.Query().Has("uploadId") && r.Method != http.MethodPut
			if dead {
				filestest.Refuse(w, http.StatusForbidden, "AccessDenied")
			}
			return dead
		})
		if err := f.Put(t.Context(), "att_1", bytes.NewReader(random(9<<20))); !errors.Is(err, files.ErrUnavailable) {
			t.Fatalf("an upload that was not taken: %v", err)
		}
		b.Before(nil)
		if b.Unfinished() != 1 {
			t.Fatalf("%d unfinished uploads", b.Unfinished())
		}
		if err := f.Remove(t.Context(), "att_1"); err != nil {
			t.Fatal(err)
		}
		if b.Unfinished() != 0 {
			t.Error("the unfinished upload is still there")
		}
	})
}

// endless gives zeros, and notes the most memory that was live on the way.
type endless struct{ left, next, peak int }

// Read implements io.Reader.
func (e *endless) Read(p []byte) (int, error) {
	if e.left == 0 {
		return 0, io.EOF
	}
	if e.left <= e.next {
		e.next -= 4 << 20
		e.peak = max(e.peak, liveHeap())
	}
	n := min(len(p), e.left)
	clear(p[:n])
	e.left -= n
	return n, nil
}

func liveHeap() int {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}

func TestPutHoldsLittle(t *testing.T) {
	const size = 100 << 20
	put := func(t *testing.T, s *files.Store, limit int) {
		before := liveHeap()
		content := &endless{left: size, next: size}
		if err := s.Company(company()).Put(t.Context(), "att_1", content); err != nil {
			t.Fatal(err)
		}
		if held := content.peak - before; held > limit {
			t.Errorf("%d kB of a file of %d kB were in memory at once", held>>10, size>>10)
		}
	}
	t.Run("folder", func(t *testing.T) { put(t, open(t, "file://"+t.TempDir()), 1<<20) })
	t.Run("bucket", func(t *testing.T) {
		b := filestest.Start(t)
		b.Before(func(w http.ResponseWriter, r *http.Request) bool {
			part := r.Method == http.MethodPut
			if part { // is taken, and forgotten
				_, _ = io.Copy(io.Discard, r.Body)
				w.Header().Set("ETag", `"x"`)
			}
			return part
		})
		put(t, open(t, b.Address), 20<<20)
	})
}

func TestReaderLeaps(t *testing.T) {
	everywhere(t, func(t *testing.T, s *files.Store) {
		f := s.Company(company())
		content := random(1 << 20)
		put(t, f, "att_1", content)
		r, err := f.Reader(t.Context(), "att_1", int64(len(content)))
		if err != nil {
			t.Fatal(err)
		}
		if err := iotest.TestReader(r, content); err != nil {
			t.Error(err)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
		// The row says more than there is: that is not the end of the file.
		short, err := f.Reader(t.Context(), "att_1", int64(len(content))+1)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadAll(short); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("a file that is too short: %v", err)
		}
		if _, err := f.Reader(t.Context(), "att_2", 1); !errors.Is(err, files.ErrMissing) {
			t.Errorf("a file that is not there: %v", err)
		}
	})
}

func TestPlaceThatDoesNotWork(t *testing.T) {
	b := filestest.Start(t)
	f := open(t, b.Address).Company(company())
	put(t, f, "att_1", []byte("x"))
	b.Before(func(w http.ResponseWriter, _ *http.Request) bool {
		filestest.Refuse(w, http.StatusForbidden, "AccessDenied")
		return true
	})
	_, errOpen := f.Open(t.Context(), "att_1", 0)
	var errList error
	for _, errList = range f.All(t.Context()) {
		continue
	}
	for what, err := range map[string]error{
		"put": f.Put(t.Context(), "att_2", strings.NewReader("x")), "open": errOpen, "remove": f.Remove(t.Context(), "att_1"), "list": errList,
	} {
		if !errors.Is(err, files.ErrUnavailable) || errors.Is(err, files.ErrMissing) {
			t.Errorf("%s: %v", what, err)
		}
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if err := f.Put(gone, "att_2", strings.NewReader("x")); !errors.Is(err, context.Canceled) || errors.Is(err, files.ErrUnavailable) {
		t.Errorf("for a caller who is gone: %v", err)
	}
}

func TestNamesThatLeadOut(t *testing.T) {
	everywhere(t, func(t *testing.T, s *files.Store) {
		f := s.Company(company())
		for _, name := range []string{"", ".", "..", "../x", "a/b", "/etc/passwd", `a\b`, "a.part", "A", "a\x00", "é", strings.Repeat("a", 101)} {
			if err := f.Put(t.Context(), name, strings.NewReader("x")); err == nil {
				t.Errorf("kept %q", name)
			}
			if _, err := f.Open(t.Context(), name, 0); err == nil {
				t.Errorf("opened %q", name)
			}
			if err := f.Remove(t.Context(), name); err == nil {
				t.Errorf("removed %q", name)
			}
		}
		if err := s.Company(tenant.CompanyID{}).Put(t.Context(), "a", strings.NewReader("x")); !errors.Is(err, files.ErrNotConfigured) {
			t.Errorf("nobody's folder: %v", err)
		}
	})
}

func TestNoPlace(t *testing.T) {
	f := open(t, "").Company(company())
	_, errOpen := f.Open(t.Context(), "a", 0)
	var errList error
	for _, errList = range f.All(t.Context()) {
		continue
	}
	for what, err := range map[string]error{"put": f.Put(t.Context(), "a", strings.NewReader("x")), "open": errOpen, "remove": f.Remove(t.Context(), "a"), "list": errList} {
		if !errors.Is(err, files.ErrNotConfigured) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestAddresses(t *testing.T) {
	for _, address := range []string{
		"/var/files", "var/files", "file://var/files", "file://", "file:///x?y=z", "mem://", "https://x", "s3://", "s3:///x", "gs://x", "%", "s3://b?endpoint=host:1",
		"s3://b?endpoint=ftp://host", "s3://b?regoin=x", "s3://b?lookup=x", "file:///dev/null/x",
	} {
		if _, err := files.Open(address); err == nil || !strings.HasPrefix(err.Error(), "GUANXI_BLOB_URL: ") {
			t.Errorf("%s: %v", address, err)
		}
	}
	for _, address := range []string{"s3://bucket", "s3://bucket/a/b/?region=x&lookup=host", "s3://bucket?endpoint=http://127.0.0.1:9000&lookup=path"} {
		if _, err := files.Open(address); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
}
