package main

import (
	"bytes"
	"encoding/csv"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

// accounts returns the table of companies: the whole one when there is a folder of shared data, else an extract.
func accounts(t testing.TB) []byte {
	t.Helper()
	folders := []string{os.Getenv("GUANXI_SHARED_DATA"), filepath.Join("..", "..", "..", "shared", "data")}
	for _, folder := range folders {
		if text, err := os.ReadFile(filepath.Join(folder, "deals", "accounts.csv")); folder != "" && err == nil {
			return text
		}
	}
	text, err := os.ReadFile(filepath.Join("testdata", "accounts.csv"))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// upload sends a file as a browser does.
func (s site) upload(t testing.TB, who person, name string, content []byte) answer {
	t.Helper()
	a, err := s.sendFile(t, who, "/v1/imports", name, content)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// sendFile posts a file as a form does. The error is about the connection alone.
func (s site) sendFile(t testing.TB, who person, path, name string, content []byte) (answer, error) {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", name)
	if err == nil {
		_, err = part.Write(content)
	}
	if err == nil {
		err = form.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return s.send(who, http.MethodPost, path, form.FormDataContentType(), body.Bytes())
}

// imported runs a mapped import to its end.
func (s site) imported(t testing.TB, who person, at string) object {
	t.Helper()
	began := time.Now()
	s.post(t, who, at+"/run", nil).want(t, http.StatusAccepted)
	var end object
	eventually(t, "the import is finished", patience, func() bool {
		end = s.get(t, who, at).want(t, http.StatusOK).object(t)
		return end["status"] == "finished" || end["status"] == "failed"
	})
	if end["status"] != "finished" || end["percent"] != 100.0 || end["rows_done"] != end["rows_total"] {
		t.Fatalf("import %v", end)
	}
	t.Logf("%v rows took %s from asking to seeing", end["rows_done"], time.Since(began).Round(time.Millisecond))
	return end
}

func (s *story) imports(t *testing.T) {
	rep := s.acme.rep
	table := accounts(t)
	records, err := csv.NewReader(bytes.NewReader(table)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	records = records[1:]
	up := s.upload(t, rep, "accounts.csv", table).want(t, http.StatusCreated, `"status":"mapping"`, `"encoding":"utf-8"`)
	at := "/v1/imports/" + up.id(t)
	suggested := map[string]string{}
	for _, m := range up.object(t)["suggested"].([]any) {
		suggested[m.(object)["column"].(string)] = m.(object)["field"].(string)
	}
	if suggested["A"] != "name" || suggested["B"] != "industry" {
		t.Errorf("suggested %v", suggested)
	}
	preview := s.patch(t, rep, at, object{"mapping": []object{
		{"column": "A", "field": "name"}, {"column": "B", "field": "industry"}, {"column": "E", "field": "employees"}, {"column": "F", "field": "address"},
	}, "options": object{"tags": []string{"accounts"}}}).want(t, http.StatusOK).object(t)
	if preview["created"] != float64(len(records)) || preview["rejected"] != 0.0 {
		t.Errorf("the preview of %d records says %v created, %v rejected", len(records), preview["created"], preview["rejected"])
	}
	if before := len(s.list(t, rep, "").rows(t)); before != 0 {
		t.Errorf("%d customers before anything was imported", before)
	}
	s.imported(t, rep, at)

	for _, r := range records {
		s.ours = append(s.ours, r[0])
	}
	got := s.list(t, rep, "limit=200").column(t, "name")
	want := slices.Sorted(slices.Values(s.ours))
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("customers (-file +list)\n%s", diff)
	}
	if rows := s.get(t, rep, at+"/rows?outcome=created&limit=200").rows(t); len(rows) != len(records) {
		t.Errorf("%d rows are listed, want %d", len(rows), len(records))
	}
	s.list(t, rep, `filter=tags:"accounts" AND name = "`+s.ours[0]+`"`).want(t, http.StatusOK, `"owner_id":"`+rep.id, `"employees":`+records[0][4])
	for _, other := range []person{s.acme.rep2, s.globex.admin} {
		s.get(t, other, at).refused(t, http.StatusNotFound, "not_found")
		s.get(t, other, at+"/rows").refused(t, http.StatusNotFound, "not_found")
		s.get(t, other, at+"/rejected").refused(t, http.StatusNotFound, "not_found")
	}
	s.get(t, s.acme.manager, at).want(t, http.StatusOK)
}

func (s *story) workbook(t *testing.T) {
	rep := s.acme.rep2
	rows := [][]any{
		{"客户名称", "手机", "邮箱", "备注"},
		{"华信软件", "13800138011", "wang@huaxin.example", "good"},
		{"星河教育", "12", "li@xinghe.example", "=1+1"},
		{"", "13800138012", "", "no name"},
		{"远景新能源", "13800138013", "not an address", ""},
		{"=HYPERLINK(\"http://evil.example\")", "13800138014", "", "@SUM(A1)"},
	}
	up := s.upload(t, rep, "客户.xlsx", workbook(t, rows)).want(t, http.StatusCreated, `"kind":"xlsx"`, "客户.xlsx")
	at := "/v1/imports/" + up.id(t)
	s.patch(t, rep, at, object{"mapping": up.object(t)["suggested"]}).want(t, http.StatusOK, `"created":2`, `"rejected":3`)
	end := s.imported(t, rep, at)
	if end["created"] != 2.0 || end["rejected"] != 3.0 {
		t.Errorf("import %v", end)
	}
	s.list(t, rep, "q=HYPERLINK").want(t, http.StatusOK, `=HYPERLINK(\"http://evil.example\")`, "@SUM(A1)")
	var lines []float64
	for _, row := range s.get(t, rep, at+"/rows?outcome=rejected").rows(t) {
		lines = append(lines, row["line"].(float64))
		if problems, _ := row["problems"].([]any); len(problems) == 0 {
			t.Errorf("line %v was rejected for nothing", row["line"])
		}
	}
	if !slices.Equal(lines, []float64{3, 4, 5}) {
		t.Errorf("rejected lines %v", lines)
	}
	file := s.get(t, rep, at+"/rejected").want(t, http.StatusOK)
	rejected, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(file.body, []byte("\ufeff")))).ReadAll()
	if err != nil || len(rejected) != 4 {
		t.Fatalf("rejected rows: %v\n%s", err, file.body)
	}
	if got := rejected[1][3]; got != "'=1+1" {
		t.Errorf("a formula leaves as %q", got)
	}
	if !strings.Contains(strings.Join(rejected[3], "|"), "not an address") {
		t.Errorf("rejected %q", rejected[3])
	}
	s.upload(t, rep, "customers.xlsx", []byte("%PDF-1.7 not a workbook")).refused(t, 422, "invalid").want(t, 422, `"file"`)
}

// workbook writes rows of texts into an .xlsx.
func workbook(t testing.TB, rows [][]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	for i, row := range rows {
		cell, err := excelize.CoordinatesToCellName(1, i+1)
		if err == nil {
			err = f.SetSheetRow("Sheet1", cell, &row)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	out, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
