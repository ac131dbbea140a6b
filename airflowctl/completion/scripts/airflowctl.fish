# fish completion for airflowctl @VERSION@, as `airflowctl completion fish` prints it.
# Words, options and choices are in this file; names of the server come from the program's cache on disk.

# Set w (words that may follow), o (options with what each takes), a (arguments) and n (options with what each is
# about) for the words of a command.
function __airflowctl_data
    set -g __airflowctl_w
    set -g __airflowctl_o
    set -g __airflowctl_a
    set -g __airflowctl_n
    switch $argv[1]
@DATA@
        case '*'
            return 1
    end
    # Without it the function ends with the status of what its argument was made by.
    return 0
end

set -g __airflowctl_global @GLOBAL@
set -g __airflowctl_global_notes @GLOBAL_NOTES@

# Print what an option takes: s nothing, n anything, f a file, l names, c=A,B choices, p ask the program.
function __airflowctl_option
    for entry in $__airflowctl_o $__airflowctl_global
        if string match -q -- "$argv[1]:*" $entry
            set -l code (string replace -- "$argv[1]:" '' $entry)
            string replace -r '^h' '' -- $code
            return 0
        end
    end
    return 1
end

# Ask the program, which gets the words without their quotes; fish quotes what is put in.
function __airflowctl_ask
    set -l words (commandline -opc)
    set -l program $words[1]
    set -e words[1]
    # A program of the current folder is run by its whole path only.
    string match -q '/*' -- $program; or set program (string replace -r '.*/' '' -- $program)
    set -l current (commandline -oct)
    set -l rows (command $program __complete fish $words "$current" 2>/dev/null)
    if test "$rows[1]" = files
        __fish_complete_path (commandline -ct)
    else
        printf '%s\n' $rows[2..]
    end
end

# Print what an option or an argument takes, each after what stands before it in its word.
function __airflowctl_value
    switch $argv[1]
        case 'c=*'
            printf "$argv[2]%s\n" (string split , -- (string replace 'c=' '' -- $argv[1]))
        case 'f*'
            __fish_complete_path (commandline -ct)
        case 'n*'
        case '*'
            return 1
    end
end

# Answer from this file; fail where only the program knows.
function __airflowctl_walk
    string match -q -r '[\'"\\\\$`*?\[<>&;|(]' -- (commandline -cp); and return 1
    set -l words (commandline -opc)
    set -l cur (commandline -ct)
    set -l place
    set -l code
    set -l args 0
    __airflowctl_data ''
    for word in $words[2..]
        if test -n "$code"
            set code
            continue
        end
        switch $word
            case --
                return 1
            case '--*=*'
                set code (__airflowctl_option (string replace -r '=.*' '' -- $word)); or return 1
                test "$code" = p; and return 1
                set code
            case '-*'
                set code (__airflowctl_option $word); or return 1
                test "$code" = p; and return 1
                test "$code" = s; and set code
            case '*'
                if test $args -eq 0; and __airflowctl_data (string trim -- "$place $word")
                    set place $place $word
                else
                    __airflowctl_data "$place"
                    test -n "$__airflowctl_a"; or return 1
                    set args (math $args + 1)
                end
        end
    end
    if test -n "$code"
        __airflowctl_value $code ''
        return
    end
    switch $cur
        case '--*=*'
            set code (__airflowctl_option (string replace -r '=.*' '' -- $cur)); or return 1
            __airflowctl_value $code (string replace -r '=.*' '=' -- $cur)
        case '-*'
            printf '%s\n' $__airflowctl_n $__airflowctl_global_notes
        case '*'
            if test -n "$__airflowctl_w"; and test $args -eq 0
                test -n "$__airflowctl_a"; and return 1
                printf '%s\n' $__airflowctl_w
                return
            end
            for word in $__airflowctl_a
                set code $word
                test $args -eq 0; and break
                set args (math $args - 1)
                string match -q '*+' -- $word; and break
                set code
            end
            if test -n "$code"
                __airflowctl_value $code ''
            else if test -z "$cur"
                printf '%s\n' $__airflowctl_n $__airflowctl_global_notes
            end
    end
end

function __airflowctl_complete
    __airflowctl_walk; or __airflowctl_ask
end

complete -c airflowctl -f -k -a '(__airflowctl_complete)'
complete -c airflowctl-shell -f -k -a '(__airflowctl_complete)'
