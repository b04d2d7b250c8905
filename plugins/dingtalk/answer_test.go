package dingtalk_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/guanxi-crm/guanxi/plugins"
	"github.com/guanxi-crm/guanxi/plugins/dingtalk"
)

func TestJudge(t *testing.T) {
	for _, tc := range []struct {
		name   string
		status int
		body   string
		want   string // the start of the verdict
		code   string
		gone   bool
	}{
		{"ok", 200, `{"errcode":0,"errmsg":"ok"}`, "", "", false},
		{"throttled, as seen", 200, `{"errcode":130101,"errmsg":"send too fast"}`, "throttled for 10m0s", "", false},
		{"throttled, as documented", 200, `{"errcode":410100,"errmsg":"发送速度太快而限流"}`, "throttled for 10m0s", "", false},
		{"throttled by the gateway", 200, `{"status":1111,"wait":5,"punish":"deny"}`, "throttled for 10m0s", "", false},
		{"throttled by the gateway for long", 200, `{"status":1111,"wait":1200,"punish":"deny"}`, "throttled for 20m0s", "", false},
		{"429", 429, ``, "throttled for 10m0s", "", false},
		{"busy", 200, `{"errcode":-1,"errmsg":"busy"}`, "failed", plugins.CodeBusy, false},
		{"quota", 200, `{"errcode":90030,"errmsg":"webhook over limit"}`, "failed", plugins.CodeBusy, false},
		{"unknown code", 200, `{"errcode":777,"errmsg":"?"}`, "failed: DingTalk answered 777 ?", plugins.CodeBusy, false},
		{"keyword", 200, `{"errcode":310000,"errmsg":"keywords not in content, more: [https://ding-doc.dingtalk.com]"}`, "rejected", plugins.CodeKeyword, false},
		{"signature", 200, `{"errcode":310000,"errmsg":"sign not match"}`, "rejected", plugins.CodeSignature, false},
		{"clock", 200, `{"errcode":310000,"errmsg":"invalid timestamp"}`, "rejected", plugins.CodeSignature, false},
		{"address", 200, `{"errcode":310000,"errmsg":"ip 1.2.3.4 not in whitelist"}`, "rejected", plugins.CodeSenderIP, false},
		{"token 300001", 200, `{"errcode":300001,"errmsg":"token is not exist"}`, "rejected", plugins.CodeToken, true},
		{"token 300005", 200, `{"errcode":300005,"errmsg":"token is not exist"}`, "rejected", plugins.CodeToken, true},
		{"token 400101", 200, `{"errcode":400101,"errmsg":"access_token不存在"}`, "rejected", plugins.CodeToken, true},
		{"dissolved", 200, `{"errcode":400013,"errmsg":"群已被解散"}`, "rejected", plugins.CodeGone, true},
		{"switched off", 200, `{"errcode":400102,"errmsg":"机器人已停用"}`, "rejected", plugins.CodeGone, true},
		{"removed", 200, `{"errcode":400106,"errmsg":"机器人不存在"}`, "rejected", plugins.CodeGone, true},
		{"unsafe link", 200, `{"errcode":430101,"errmsg":"含有不安全的外链"}`, "rejected", plugins.CodeContent, false},
		{"too long", 200, `{"errcode":460101,"errmsg":"message too long, exceed 20000 bytes"}`, "rejected", plugins.CodeContent, false},
		{"no JSON", 200, `<html>`, "failed", plugins.CodeAnswer, false},
		{"no errcode", 200, `{}`, "failed", plugins.CodeAnswer, false},
		{"empty", 200, ``, "failed", plugins.CodeAnswer, false},
		{"redirect", 302, ``, "failed", plugins.CodeStatus, false},
		{"502", 502, `{"errcode":0}`, "failed", plugins.CodeStatus, false},
	} {
		err := dingtalk.New(dingtalk.Options{}).Judge(plugins.Response{Status: tc.status, Body: []byte(tc.body)}, now)
		if (err == nil) != (tc.want == "") || err != nil && !strings.HasPrefix(err.Error(), tc.want) {
			t.Errorf("%s: %v, want %q", tc.name, err, tc.want)
			continue
		}
		var (
			rejected *plugins.Rejected
			failed   *plugins.Failed
		)
		switch {
		case errors.As(err, &rejected) && (rejected.Code != tc.code || rejected.Disable != tc.gone):
			t.Errorf("%s: %+v, want code %s, disable %v", tc.name, rejected, tc.code, tc.gone)
		case errors.As(err, &failed) && failed.Code != tc.code:
			t.Errorf("%s: %+v, want code %s", tc.name, failed, tc.code)
		}
	}
}

func TestJudgeHonoursRetryAfter(t *testing.T) {
	err := dingtalk.New(dingtalk.Options{}).Judge(plugins.Response{Status: 429, Header: http.Header{"Retry-After": {"90"}}}, now)
	var throttled *plugins.Throttled
	if !errors.As(err, &throttled) || throttled.After != 90*time.Second {
		t.Errorf("Judge = %v, want to be throttled for 90 s", err)
	}
}
