package auth

import "testing"

func TestPlatformAdmin(t *testing.T) {
	w := newWorld(t)
	for name, c := range map[string]struct{ email, password, name, want string }{
		"bad e-mail":   {"root", goodPassword, "Root", "email:invalid"},
		"no name":      {"root@platform.example", goodPassword, "", "name:required"},
		"bad password": {"root@platform.example", "12345678", "Root", "password:too_common"},
	} {
		if _, err := w.CreatePlatformAdmin(t.Context(), c.email, c.password, c.name); codeOf(err) != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	root, err := w.CreatePlatformAdmin(t.Context(), "Root@platform.example", goodPassword, "Root")
	if err != nil {
		t.Fatal(err)
	}
	again, err := w.CreatePlatformAdmin(t.Context(), "root@platform.example", goodPassword, "Root")
	if err != nil || again != root {
		t.Errorf("again %s, %v; want %s", again, err, root)
	}
	_, err = w.CreatePlatformAdmin(t.Context(), "root@platform.example", "another password", "Root")
	wantCode(t, err, "email_taken")

	// An admin of the platform belongs to no company by that, and nobody takes the address over.
	w.Clock.Advance(2 * abandonAfter)
	_, err = w.SignIn(t.Context(), SignIn{Identifier: "root@platform.example", Password: goodPassword}, here)
	wantCode(t, err, "no_company")
	_, err = w.SignUp(t.Context(), signUpInput("root@platform.example"), here, "", nothingMore)
	wantCode(t, err, "email_taken")

	chen := w.signUp(t, "chen@acme.example")
	if is, err := w.IsPlatformAdmin(t.Context(), chen.User.ID); is || err != nil {
		t.Errorf("chen: %v, %v", is, err)
	}
	if _, err := w.CreatePlatformAdmin(t.Context(), "chen@acme.example", goodPassword, "Chen"); err != nil {
		t.Fatal(err)
	}
	if is, err := w.IsPlatformAdmin(t.Context(), chen.User.ID); !is || err != nil {
		t.Errorf("chen after: %v, %v", is, err)
	}
}
