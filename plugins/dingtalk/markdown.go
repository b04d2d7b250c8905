package dingtalk

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/guanxi-crm/guanxi/plugins"
)

// The vendor's limits: of the title in characters, of the whole body in bytes (errcode 460101).
const (
	maxTitleRunes = 64
	maxBodyBytes  = 20_000
)

type robotMessage struct {
	MsgType  string   `json:"msgtype"`
	Markdown markdown `json:"markdown"`
	At       robotAt  `json:"at"`
}

type markdown struct {
	Title string `json:"title"`
	Text  string `json:"text"`
}

type robotAt struct {
	Mobiles []string `json:"atMobiles,omitempty"`
	UserIDs []string `json:"atUserIds,omitempty"`
	All     bool     `json:"isAtAll"`
}

// Body returns the JSON of a markdown message of at most 20,000 bytes. A message with too many lines loses the
// last ones and says how many. It returns an error that wraps [plugins.ErrMessageTooLong].
func Body(m plugins.Message, s Settings) ([]byte, error) {
	return plugins.Fit(m, maxBodyBytes, func(m plugins.Message) ([]byte, error) {
		var out bytes.Buffer
		enc := json.NewEncoder(&out)
		enc.SetEscapeHTML(false)
		err := enc.Encode(robotMessage{
			MsgType:  "markdown",
			Markdown: markdown{Title: plugins.OneLine(m.Title, maxTitleRunes), Text: text(m, s)},
			At:       robotAt{Mobiles: s.At.Mobiles, UserIDs: s.At.UserIDs, All: s.At.All},
		})
		return bytes.TrimSuffix(out.Bytes(), []byte("\n")), err
	})
}

// text renders a message in the robot's subset of Markdown, in which only an empty line starts a new one.
func text(m plugins.Message, s Settings) string {
	parts := []string{"### " + escape(plugins.OneLine(m.Title, maxTitleRunes))}
	for _, l := range m.Lines {
		parts = append(parts, line(l, m.Colon()))
	}
	if link := plugins.LinkURL(m.Link); link != "" {
		parts = append(parts, "["+escape(m.LinkLabel())+"]("+link+")")
	}
	if mentions := s.At.mentions(); mentions != "" {
		parts = append(parts, mentions)
	}
	whole := strings.Join(parts, "\n\n")
	if !strings.Contains(whole, s.Keyword) {
		whole += "\n\n" + s.Keyword
	}
	return whole
}

func line(l plugins.Line, colon string) string {
	body := escape(l.Text)
	if link := plugins.LinkURL(l.Link); link != "" && body != "" {
		body = "[" + body + "](" + link + ")"
	}
	if l.Label == "" {
		return body
	}
	return "**" + escape(l.Label) + "**" + colon + body
}

// mentions names everybody in the text, without which DingTalk ignores the list beside it.
func (a At) mentions() string {
	var names []string
	for _, who := range append(a.Mobiles[:len(a.Mobiles):len(a.Mobiles)], a.UserIDs...) {
		names = append(names, "@"+who)
	}
	return strings.Join(names, " ")
}
