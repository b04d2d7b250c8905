package crm_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (p person) check(t testing.TB, in crm.DuplicateCheck) []crm.Lookalike {
	t.Helper()
	return must[[]crm.Lookalike](t)(read(t, p, func(ctx ctx, q *tenant.Query) ([]crm.Lookalike, error) { return crm.CheckDuplicates(ctx, q, in) }))
}

// groups walks the whole list, a few groups at a time, and names the customers of each.
func (p person) groups(t testing.TB, dismissed bool) []string {
	t.Helper()
	all := []string{}
	for in := (crm.DuplicateQuery{Dismissed: dismissed, Limit: 2}); ; {
		page := must[crm.Page[crm.DuplicateGroup]](t)(read(t, p, func(ctx ctx, q *tenant.Query) (crm.Page[crm.DuplicateGroup], error) {
			return crm.ListDuplicates(ctx, q, in)
		}))
		for _, g := range page.Data {
			var names []string
			for _, c := range g.Customers {
				names = append(names, c.Name)
			}
			all = append(all, fmt.Sprintf("%s %d: %s", g.By, g.Score, strings.Join(names, ", ")))
		}
		if page.NextCursor == nil {
			return all
		}
		in.Cursor = *page.NextCursor
	}
}

func (p person) dismiss(t testing.TB, ids ...crm.CustomerID) error {
	t.Helper()
	_, err := write(t, p, func(ctx ctx, tx *tenant.Tx) (crm.DuplicatePairs, error) { return crm.DismissDuplicates(ctx, tx, ids) })
	return err
}

func TestCheckDuplicates(t *testing.T) {
	w := newWorld(t)
	mine := w.rep.create(t, crm.NewCustomer{Name: "上海云帆科技有限公司", Phone: "13800138000", Email: "Wang@yunfan.example"})
	w.rep2.create(t, crm.NewCustomer{Name: "华信软件股份有限公司", Phone: "13900139000", Email: "li@huaxin.example"})
	w.rep2.create(t, crm.NewCustomer{Name: "云帆科技（深圳）"})
	gone := w.rep.create(t, crm.NewCustomer{Name: "Gone Ltd", Phone: "13700137000"})
	if err := w.rep.tx(t, func(tx *tenant.Tx) error { return crm.DeleteCustomer(t.Context(), tx, gone.ID, 0) }); err != nil {
		t.Fatal(err)
	}
	type found struct {
		name, by string
		score    int
	}
	for name, c := range map[string]struct {
		in   crm.DuplicateCheck
		want []found
	}{
		"phone":                    {crm.DuplicateCheck{Phone: "+86 138-0013-8000"}, []found{{mine.Name, "phone", 85}}},
		"e-mail":                   {crm.DuplicateCheck{Email: "wang@YUNFAN.example"}, []found{{mine.Name, "email", 85}}},
		"all":                      {crm.DuplicateCheck{Name: "云帆科技(上海)", Phone: "13800138000", Email: "wang@yunfan.example"}, []found{{mine.Name, "phone email name", 99}}},
		"name as it is spoken":     {crm.DuplicateCheck{Name: "云帆科技"}, []found{{mine.Name, "similar_name", 40}, {"云帆**", "similar_name", 40}}},
		"beginning of a name":      {crm.DuplicateCheck{Name: "云帆"}, []found{{mine.Name, "similar_name", 40}}},
		"a longer name":            {crm.DuplicateCheck{Name: "上海云帆科技发展集团"}, []found{{mine.Name, "similar_name", 40}}},
		"one character":            {crm.DuplicateCheck{Name: "云"}, nil},
		"a branch":                 {crm.DuplicateCheck{Name: "北京云帆科技"}, nil},
		"switchboard":              {crm.DuplicateCheck{Name: "Tower", Phone: "13800138000", Email: "a@tower.example"}, []found{{mine.Name, "phone", 42}}},
		"colleague's phone":        {crm.DuplicateCheck{Phone: "13900139000"}, []found{{"华信**", "phone", 85}}},
		"colleague's name":         {crm.DuplicateCheck{Name: "华信软件"}, []found{{"华信**", "name", 70}}},
		"beginning of colleague's": {crm.DuplicateCheck{Name: "华信"}, nil},
		"trash":                    {crm.DuplicateCheck{Phone: "13700137000"}, nil},
		"half a number":            {crm.DuplicateCheck{Phone: "138", Email: "wang@"}, nil},
		"nothing":                  {crm.DuplicateCheck{}, nil},
		"itself":                   {crm.DuplicateCheck{Phone: "13800138000", ExcludeID: &mine.ID}, nil},
	} {
		var got []found
		for _, l := range w.rep.check(t, c.in) {
			got = append(got, found{l.Name, strings.Join(l.By, " "), l.Score})
		}
		if diff := cmp.Diff(c.want, got, cmp.AllowUnexported(found{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if got := w.stranger.check(t, c.in); len(got) != 0 {
			t.Errorf("%s: another company finds %+v", name, got)
		}
	}
	all := crm.DuplicateCheck{Phone: "13900139000", Email: "li@huaxin.example"}
	if got := w.rep.check(t, all)[0]; !got.ID.IsZero() || got.Visible || *got.Phone != "139****9000" || *got.Email != "l***@huaxin.example" || got.OwnerName != "acme rep 2" {
		t.Errorf("of a colleague's customer it tells %+v", got)
	}
	if got := w.manager.check(t, all)[0]; got.ID.IsZero() || !got.Visible || *got.Phone != "+8613900139000" || got.Name != "华信软件股份有限公司" {
		t.Errorf("the manager sees %+v", got)
	}
	masked := *w.manager.caller
	masked.Masked = map[string]bool{"customer.phone": true}
	short := person{w, w.acme, &masked}
	if got := short.check(t, crm.DuplicateCheck{Phone: "13900139000"}); len(got) != 0 {
		t.Errorf("a masked number finds %+v", got)
	}
	if got := short.check(t, crm.DuplicateCheck{Email: "li@huaxin.example"})[0]; *got.Phone != "139****9000" || got.ID.IsZero() {
		t.Errorf("with phones masked: %+v", got)
	}
	err := w.rep.tx(t, func(tx *tenant.Tx) error {
		return crm.RefuseDuplicates(t.Context(), tx.Query, crm.DuplicateCheck{Name: "云帆科技", Phone: "13900139000"})
	})
	var refused *crm.DuplicatesError
	if !errors.As(err, &refused) || len(refused.Found) != 1 || refused.Found[0].Name != "华信**" {
		t.Errorf("%v", err)
	}
}

func TestDuplicateGroups(t *testing.T) {
	w := newWorld(t)
	create := func(p person, name, phone, email string) crm.Customer {
		return p.create(t, crm.NewCustomer{Name: name, Phone: phone, Email: email})
	}
	a := create(w.rep, "上海云帆科技有限公司", "13800138000", "")
	b := create(w.rep, "云帆科技（上海）", "", "wang@yunfan.example")
	create(w.rep, "王志强", "13800138000", "WANG@yunfan.example")
	create(w.rep, "云帆科技", "", "")
	create(w.rep, "北京云帆科技", "", "")
	create(w.rep, "Branch 1", "13900139000", "one@branch.example")
	create(w.rep, "Tower", "13900139000", "two@tower.example")
	c, d := create(w.rep, "Twin", "", ""), create(w.rep, "twin ltd.", "", "")
	create(w.rep2, "Twin Inc", "", "")
	create(w.stranger, "Twin", "13800138000", "")
	want := []string{
		"phone 85: 上海云帆科技有限公司, 王志强", "email 85: 云帆科技（上海）, 王志强", "name 70: Twin, twin ltd.",
		"name 70: 上海云帆科技有限公司, 云帆科技（上海）, 云帆科技, 北京云帆科技",
	}
	if diff := cmp.Diff(want, w.rep.groups(t, false)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := w.manager.groups(t, false); len(got) != 4 || got[2] != "name 70: Twin, twin ltd., Twin Inc" {
		t.Errorf("the manager sees %q", got)
	}
	if got := w.rep2.groups(t, false); len(got) != 0 {
		t.Errorf("a colleague sees %q", got)
	}
	masked := *w.rep.caller
	masked.Masked = map[string]bool{"customer.phone": true}
	if got := (person{w, w.acme, &masked}).groups(t, false); len(got) != 3 || slices.ContainsFunc(got, func(g string) bool { return strings.HasPrefix(g, "phone") }) {
		t.Errorf("with phones masked: %q", got)
	}

	for i, ids := range [][]crm.CustomerID{{c.ID}, {c.ID, c.ID}, make([]crm.CustomerID, 21)} {
		for n := range ids {
			if i == 2 {
				ids[n] = crm.CustomerID(tenant.NewEventID())
			}
		}
		wantInvalid(t, w.rep.dismiss(t, ids...), "ids")
	}
	wantError(t, w.rep2.dismiss(t, c.ID, d.ID), tenant.ErrNotFound)
	wantError(t, w.stranger.dismiss(t, c.ID, d.ID), tenant.ErrNotFound)
	for range 2 {
		if err := w.rep.dismiss(t, d.ID, c.ID); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{want[0], want[1], want[3]}, w.rep.groups(t, false)); diff != "" {
		t.Errorf("after dismissing (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{want[2]}, w.rep.groups(t, true)); diff != "" {
		t.Errorf("dismissed (-want +got):\n%s", diff)
	}
	if got := len(w.changesOf(t, "customer.duplicates_dismissed")); got != 2 {
		t.Errorf("%d events", got)
	}
	if pairs := must[crm.DuplicatePairs](t)(write(t, w.manager, func(ctx ctx, tx *tenant.Tx) (crm.DuplicatePairs, error) {
		return crm.RestoreDuplicates(ctx, tx, []crm.CustomerID{c.ID, d.ID, a.ID})
	})); pairs.Pairs != 3 {
		t.Errorf("%d pairs", pairs.Pairs)
	}
	w.rep.update(t, b.ID, crm.CustomerPatch{Name: patch.Of("Other")})
	if diff := cmp.Diff([]string{want[0], "email 85: Other, 王志强", want[2], "similar_name 40: 上海云帆科技有限公司, 云帆科技, 北京云帆科技"}, w.rep.groups(t, false)); diff != "" {
		t.Errorf("after changes (-want +got):\n%s", diff)
	}
	_, err := read(t, w.rep, func(ctx ctx, q *tenant.Query) (crm.Page[crm.DuplicateGroup], error) {
		return crm.ListDuplicates(ctx, q, crm.DuplicateQuery{Limit: 20, Cursor: "eyJwIjo5fQ"})
	})
	wantInvalid(t, err, "cursor")
}

// TestAValueOfManyIsShownInPart has more customers of one number than are compared.
func TestAValueOfManyIsShownInPart(t *testing.T) {
	w := newWorld(t)
	if err := w.rep.tx(t, func(tx *tenant.Tx) error {
		for range 120 {
			if _, err := crm.CreateCustomer(t.Context(), tx, crm.NewCustomer{Name: "x", Phone: "13800138000"}); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if got := w.rep.groups(t, false); len(got) != 1 || strings.Count(got[0], "x") != 100 {
		t.Errorf("%q", got)
	}
}

type truthLine struct{ Line, Entity int }

// duplicateTruth says which lines of dedupe_small.csv are the same customer.
func duplicateTruth(t testing.TB) []truthLine {
	t.Helper()
	return decode[[]truthLine](t, json.RawMessage(readFile(t, filepath.Join(importData(t), "dedupe_small.truth.json"))))
}

// TestDuplicatesOfTheCollection measures the list of duplicates against the truth, pair by pair.
func TestDuplicatesOfTheCollection(t *testing.T) {
	w := newWorld(t)
	lines := strings.Split(readFile(t, filepath.Join(importData(t), "dedupe_small.csv")), "\n")
	truth := duplicateTruth(t)
	entity := map[crm.CustomerID]int{}
	if err := w.rep.tx(t, func(tx *tenant.Tx) error {
		clear(entity)
		for _, line := range truth {
			cells := strings.Split(lines[line.Line-1], ",")
			c, err := crm.CreateCustomer(t.Context(), tx, crm.NewCustomer{Name: cells[0], ContactName: cells[1], Phone: cells[2], Email: strings.TrimSpace(cells[3])})
			if err != nil {
				return err
			}
			entity[c.ID] = line.Entity
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	same := map[[2]crm.CustomerID]bool{}
	for a := range entity {
		for b := range entity {
			if a != b && entity[a] == entity[b] {
				same[[2]crm.CustomerID{a, b}] = true
			}
		}
	}
	said := map[[2]crm.CustomerID]bool{}
	for in := (crm.DuplicateQuery{Limit: 100}); ; {
		page := must[crm.Page[crm.DuplicateGroup]](t)(read(t, w.rep, func(ctx ctx, q *tenant.Query) (crm.Page[crm.DuplicateGroup], error) {
			return crm.ListDuplicates(ctx, q, in)
		}))
		for _, g := range page.Data {
			for _, a := range g.Customers {
				for _, b := range g.Customers {
					if a.ID != b.ID {
						said[[2]crm.CustomerID{a.ID, b.ID}] = true
					}
				}
			}
		}
		if page.NextCursor == nil {
			break
		}
		in.Cursor = *page.NextCursor
	}
	right := 0
	for pair := range said {
		if same[pair] {
			right++
		}
	}
	precision, recall := float64(right)/float64(len(said)), float64(right)/float64(len(same))
	t.Logf("%d customers, %d real pairs, %d said: precision %.3f, recall %.3f", len(entity), len(same)/2, len(said)/2, precision, recall)
	if precision < 0.99 || recall < 0.99 {
		t.Errorf("precision %.3f and recall %.3f, want 0.99", precision, recall)
	}
}
