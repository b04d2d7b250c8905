package tenant_test

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/guanxi-crm/guanxi/tenant"
	"github.com/guanxi-crm/guanxi/tenant/tenanttest"
)

func TestSecrets(t *testing.T) {
	i := tenanttest.Open(t)
	acme, globex := i.Company(t, "acme"), i.Company(t, "globex")
	secret := []byte("whsec_关系")
	var sealed []byte
	write(t, i, acme, func(tx *tenant.Tx) (err error) {
		sealed, err = tx.Seal("webhook", secret)
		return err
	})
	if bytes.Contains(sealed, secret) {
		t.Error("the sealed form contains the secret")
	}
	open := func(c *tenanttest.Company, purpose string, sealed []byte) (opened []byte, err error) {
		_ = i.Read(t.Context(), c.Company, ptr(tenant.System()), func(q *tenant.Query) error {
			opened, err = q.Open(purpose, sealed)
			return nil
		})
		return opened, err
	}
	if got, err := open(acme, "webhook", sealed); err != nil || !bytes.Equal(got, secret) {
		t.Errorf("opened %q, %v", got, err)
	}
	changed := bytes.Clone(sealed)
	changed[len(changed)-1] ^= 1
	for name, try := range map[string]func() ([]byte, error){
		"another company": func() ([]byte, error) { return open(globex, "webhook", sealed) },
		"another purpose": func() ([]byte, error) { return open(acme, "bot", sealed) },
		"the platform":    func() ([]byte, error) { return i.Open(acme.ID.String()+"/webhook", sealed) },
		"a changed byte":  func() ([]byte, error) { return open(acme, "webhook", changed) },
		"nothing":         func() ([]byte, error) { return open(acme, "webhook", nil) },
	} {
		if got, err := try(); err == nil {
			t.Errorf("%s opened %q", name, got)
		}
	}
	own, err := i.Seal("smtp", secret)
	if err != nil {
		t.Fatal(err)
	}
	again, err := tenant.Open(t.Context(), i.Config) // another process, or the next start
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if got, err := again.Open("smtp", own); err != nil || !bytes.Equal(got, secret) {
		t.Errorf("after a restart: %q, %v", got, err)
	}
	if _, err := again.Open("other", own); err == nil {
		t.Error("the platform's secret opened for another purpose")
	}
	one, _ := i.Derive("access tokens")
	same, _ := again.Derive("access tokens")
	two, _ := i.Derive("cursors")
	if len(one) != 32 || !bytes.Equal(one, same) || bytes.Equal(one, two) {
		t.Errorf("derived %x, %x and %x", one, same, two)
	}
}

func TestMasterKey(t *testing.T) {
	i := tenanttest.Open(t)
	wrong := i.Config
	wrong.MasterKey[0] ^= 1
	if _, err := tenant.Open(t.Context(), wrong); !errors.Is(err, tenant.ErrMasterKey) {
		t.Errorf("another key: got %v, want ErrMasterKey", err)
	}
	if _, err := tenant.Migrate(t.Context(), wrong, io.Discard); !errors.Is(err, tenant.ErrMasterKey) {
		t.Errorf("migrate with another key: got %v, want ErrMasterKey", err)
	}
	for _, text := range []string{"", "short", "bm90IDMyIGJ5dGVz", tenant.NewMasterKey() + "AA", "!" + tenant.NewMasterKey()[1:]} {
		if _, err := tenant.ParseMasterKey(text); !errors.Is(err, tenant.ErrMasterKey) {
			t.Errorf("%q: got %v, want ErrMasterKey", text, err)
		}
	}
}

// Processes that start at once on a fresh installation agree on one keyset.
func TestFirstStartsAtOnce(t *testing.T) {
	i := tenanttest.Open(t)
	if _, err := i.Platform().Exec(t.Context(), `DELETE FROM platform.settings WHERE name = 'keyset'`); err != nil {
		t.Fatal(err)
	}
	const processes = 6
	all := make([]*tenant.Directory, processes)
	var group errgroup.Group
	for n := range all {
		group.Go(func() (err error) {
			all[n], err = tenant.Open(t.Context(), i.Config)
			return err
		})
	}
	err := group.Wait()
	for _, d := range all {
		if d != nil {
			defer d.Close()
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	for n, sealer := range all {
		sealed, err := sealer.Seal("x", []byte("secret"))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := all[(n+1)%processes].Open("x", sealed); err != nil || string(got) != "secret" {
			t.Errorf("process %d's secret: %q, %v", n, got, err)
		}
	}
}
