package tenant

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
)

func rawID(t *testing.T, uuid string) (raw [16]byte) {
	t.Helper()
	if _, err := hex.Decode(raw[:], []byte(strings.ReplaceAll(uuid, "-", ""))); err != nil {
		t.Fatal(err)
	}
	return raw
}

// The valid vectors of the TypeID specification.
func TestIDVectors(t *testing.T) {
	for _, v := range []struct{ uuid, text string }{
		{"00000000-0000-0000-0000-000000000000", "00000000000000000000000000"},
		{"00000000-0000-0000-0000-000000000001", "00000000000000000000000001"},
		{"00000000-0000-0000-0000-00000000000a", "0000000000000000000000000a"},
		{"00000000-0000-0000-0000-000000000010", "0000000000000000000000000g"},
		{"00000000-0000-0000-0000-000000000020", "00000000000000000000000010"},
		{"01890a5d-ac96-774b-bcce-b302099a8057", "01h455vb4pex5vsknk084sn02q"},
		{"ffffffff-ffff-ffff-ffff-ffffffffffff", "7zzzzzzzzzzzzzzzzzzzzzzzzz"},
	} {
		raw := rawID(t, v.uuid)
		if got := encodeID(raw); got != v.text {
			t.Errorf("encode %s: got %s, want %s", v.uuid, got, v.text)
		}
		if got, ok := decodeID(v.text); !ok || got != raw {
			t.Errorf("decode %s: got %x, %v", v.text, got, ok)
		}
	}
	id := MemberID(rawID(t, "01890a5d-ac96-774b-bcce-b302099a8057"))
	if got, want := id.String(), "usr_01h455vb4pex5vsknk084sn02q"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestParseIDRefuses(t *testing.T) {
	const good = "usr_01h455vb4pex5vsknk084sn02q"
	for name, text := range map[string]string{
		"no prefix":     good[4:],
		"other prefix":  "com" + good[3:],
		"capitals":      strings.ToUpper(good),
		"too short":     good[:len(good)-1],
		"too long":      good + "0",
		"beyond 128":    "usr_8zzzzzzzzzzzzzzzzzzzzzzzzz",
		"letter l":      strings.Replace(good, "h", "l", 1),
		"letter i":      strings.Replace(good, "h", "i", 1),
		"two bytes":     strings.Replace(good, "h", "é", 1),
		"the zero id":   "usr_00000000000000000000000000",
		"space":         " " + good,
		"only a prefix": "usr_",
	} {
		id, err := ParseMemberID(text)
		if !errors.Is(err, ErrBadID) || !id.IsZero() {
			t.Errorf("%s: got %v, %v, want ErrBadID", name, id, err)
		}
		if err != nil && !strings.Contains(err.Error(), "usr_") {
			t.Errorf("%s: %q does not say what is wanted", name, err)
		}
	}
}

func TestIDsSortByTime(t *testing.T) {
	ids := make([]string, 2000)
	for i := range ids {
		ids[i] = NewEventID().String()
	}
	if !slices.IsSorted(ids) {
		t.Error("ids made later do not sort later")
	}
	if n := len(slices.Compact(slices.Clone(ids))); n != len(ids) {
		t.Errorf("%d of %d are different", n, len(ids))
	}
}

func TestIDForms(t *testing.T) {
	id := NewMemberID()
	text, err := json.Marshal(map[string]MemberID{"id": id, "none": {}})
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"id":"` + id.String() + `","none":null}`; string(text) != want {
		t.Errorf("got %s, want %s", text, want)
	}
	var back map[string]MemberID
	if err := json.Unmarshal(text, &back); err != nil || back["id"] != id || !back["none"].IsZero() {
		t.Errorf("got %v, %v", back, err)
	}

	value, err := id.Value()
	if b, ok := value.([]byte); err != nil || !ok || !bytes.Equal(b, id[:]) {
		t.Errorf("value: got %v, %v", value, err)
	}
	if value, err := (MemberID{}).Value(); value != nil || err != nil {
		t.Errorf("zero value: got %v, %v, want NULL", value, err)
	}
	scanned := id
	if err := scanned.Scan(nil); err != nil || !scanned.IsZero() {
		t.Errorf("scan NULL: got %v, %v", scanned, err)
	}
	if err := scanned.Scan(id[:]); err != nil || scanned != id {
		t.Errorf("scan: got %v, %v", scanned, err)
	}
	for _, bad := range []any{"text", []byte("short"), int64(1)} {
		if err := scanned.Scan(bad); !errors.Is(err, ErrBadID) {
			t.Errorf("scan %T: got %v, want ErrBadID", bad, err)
		}
	}
	if company, err := ParseCompanyID(NewID[companyKind]().String()); err != nil || company.IsZero() {
		t.Errorf("company: got %v, %v", company, err)
	}
}

func FuzzParseID(f *testing.F) {
	f.Add("usr_01h455vb4pex5vsknk084sn02q")
	f.Add("usr_7zzzzzzzzzzzzzzzzzzzzzzzzz")
	f.Fuzz(func(t *testing.T, text string) {
		id, err := ParseMemberID(text)
		if err == nil && id.String() != text {
			t.Errorf("%q was read as %q: an id has one written form", text, id)
		}
	})
}
