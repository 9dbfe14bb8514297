#!/usr/bin/env zsh
# complete.zsh LINE: prints what an interactive zsh, with the completion of kubectl-harden, shows when Tab is pressed
# behind LINE: the alternatives it lists, and the line that it makes.
emulate -L zsh
zmodload zsh/zpty

zpty shell 'TERM=dumb zsh -f -i'
trap 'zpty -d shell' EXIT

# ^X prints the line; the marks are split so that the echo of these commands does not look like their output.
zpty -w shell 'PS1= LISTMAX=1000; stty cols 200
	autoload -U compinit && compinit -u -D && source <(kubectl-harden completion zsh)
	zstyle ":completion:*" menu no; bindkey "^I" complete-word
	show-line() { print -r -- "LI""NE[$BUFFER]"; zle kill-buffer }; zle -N show-line; bindkey "^X" show-line
	print REA""DY'
zpty -r -m shell output '*READY*'
zpty -w -n shell $1$'\t\t\x18'
zpty -r -m shell output '*LINE\[*\]*'
print -r -- $output
