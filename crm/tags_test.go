package crm_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (p person) tryTag(t testing.TB, in crm.NewTag) (crm.Tag, error) {
	t.Helper()
	return write(t, p, func(ctx ctx, tx *tenant.Tx) (crm.Tag, error) { return crm.CreateTag(ctx, tx, in) })
}

func (p person) tags(t testing.TB) []crm.Tag {
	t.Helper()
	return must[[]crm.Tag](t)(read(t, p, crm.ListTags))
}

func TestTags(t *testing.T) {
	w := newWorld(t)
	if got := w.rep.tags(t); got == nil || len(got) != 0 {
		t.Errorf("a company without tags has %#v", got)
	}
	vip := must[crm.Tag](t)(w.rep.tryTag(t, crm.NewTag{Name: " VIP客户 ", Colour: "red"}))
	if vip.Name != "VIP客户" || vip.Colour != "red" {
		t.Errorf("made %+v", vip)
	}
	if plain := must[crm.Tag](t)(w.rep.tryTag(t, crm.NewTag{Name: "plain"})); plain.Colour != "grey" {
		t.Errorf("without a colour %+v", plain)
	}
	for _, name := range []string{"VIP客户", "vip客户", "ｖｉｐ客户", "\tVip客户"} {
		_, err := w.rep.tryTag(t, crm.NewTag{Name: name})
		wantConflict(t, err, "tag_exists")
	}
	for _, in := range []crm.NewTag{{Name: " "}, {Name: string(make([]rune, 65))}, {Name: "\xff"}} {
		_, err := w.rep.tryTag(t, in)
		wantInvalid(t, err, "name")
	}
	_, err := w.rep.tryTag(t, crm.NewTag{Name: "x", Colour: "pink"})
	wantInvalid(t, err, "colour")

	// A customer gets the company's spelling; repeats are one; new ones are made; order is by name.
	c := w.rep.create(t, crm.NewCustomer{Name: "x", Tags: []string{"zebra", "vip客户", "ＶＩＰ客户", "new", "NEW"}})
	if want := []string{"VIP客户", "new", "zebra"}; !slices.Equal(c.Tags, want) || !slices.Equal(w.rep.get(t, c.ID).Tags, want) {
		t.Errorf("made with %q, stored %q", c.Tags, w.rep.get(t, c.ID).Tags)
	}
	w.rep2.create(t, crm.NewCustomer{Name: "y", Tags: []string{"NEW"}})
	counts := map[string]int{}
	for _, tag := range w.rep.tags(t) {
		counts[tag.Name] = tag.Records
	}
	if counts["new"] != 2 || counts["VIP客户"] != 1 || counts["plain"] != 0 || len(counts) != 4 {
		t.Errorf("counts %v", counts)
	}
	if got := w.rep.update(t, c.ID, crm.CustomerPatch{Tags: patch.Of([]string{"zebra"})}); !slices.Equal(got.Tags, []string{"zebra"}) || !slices.Equal(w.rep.get(t, c.ID).Tags, got.Tags) {
		t.Errorf("replaced by %q", got.Tags)
	}

	remove := func(id crm.TagID) error {
		return w.rep.tx(t, func(tx *tenant.Tx) error { return crm.DeleteTag(t.Context(), tx, id) })
	}
	for _, tag := range w.rep.tags(t) {
		if err := remove(tag.ID); err != nil {
			t.Fatal(err)
		}
	}
	wantError(t, remove(vip.ID), tenant.ErrNotFound)
	made, gone := w.changesOf(t, "tag.created"), w.changesOf(t, "tag.deleted")
	if len(made) != 2 || decode[crm.Tag](t, made[0].Data).Name != "VIP客户" || len(gone) != 4 {
		t.Errorf("told of %+v, and of %+v as deleted", made, gone)
	}
	if got := w.rep.get(t, c.ID); len(got.Tags) != 0 {
		t.Errorf("a removed tag stays on the customer: %q", got.Tags)
	}
}

// A tag that is deleted while a record gets it is made anew.
func TestTaggingWhileTheTagIsDeleted(t *testing.T) {
	w := newWorld(t)
	vip := must[crm.Tag](t)(w.rep.tryTag(t, crm.NewTag{Name: "vip"}))
	got := must[crm.Customer](t)(write(t, w.rep, func(ctx ctx, tx *tenant.Tx) (crm.Customer, error) {
		if _, err := crm.ListTags(ctx, tx.Query); err != nil { // from here on it sees the tag
			return crm.Customer{}, err
		}
		err := w.admin.tx(t, func(tx *tenant.Tx) error { return crm.DeleteTag(ctx, tx, vip.ID) })
		if err != nil && !errors.Is(err, tenant.ErrNotFound) { // the whole may be run again
			return crm.Customer{}, err
		}
		return crm.CreateCustomer(ctx, tx, crm.NewCustomer{Name: "x", Tags: []string{"vip", "new"}})
	}))
	want := []string{"new", "vip"}
	if stored := w.rep.get(t, got.ID).Tags; !slices.Equal(got.Tags, want) || !slices.Equal(stored, want) || len(w.rep.tags(t)) != 2 {
		t.Errorf("made with %q, stored %q", got.Tags, stored)
	}
}
